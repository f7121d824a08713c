package diag

var explainHost = []Explanation{
	{
		Code: 5001,
		Rule: Text{
			"கோப்பைப் படிக்க முடியவில்லை; காரணம் செய்தியில் உள்ளது. பாதை நிரல் இயங்கும் கோப்புறையிலிருந்து (வழங்கியில் தரவுக் கோப்புறையிலிருந்து) எண்ணப்படும்; அதற்கு வெளியே செல்ல முடியாது.",
			"The file cannot be read; the message says why. A path begins at the folder the program runs in, in a server at the data directory, which it cannot leave.",
		},
		Wrong: run("// பதிவு.txt இல்லை / is not there\nகோப்பு_படி \"பதிவு.txt\", உள்ளடக்கம்;\nஅச்சு உள்ளடக்கம்;\n"),
		Right: run("// பதிவு.txt உள்ளது / is there\nகோப்பு_படி \"பதிவு.txt\", உள்ளடக்கம்;\nஅச்சு உள்ளடக்கம்;\n").with("பதிவு.txt", "வணக்கம்\n"),
	},
	{
		Code: 5002,
		Rule: Text{
			"கோப்பில் எழுத முடியவில்லை; காரணம் செய்தியில் உள்ளது. கோப்புறை முன்பே இருக்க வேண்டும்; உங்களுக்கு எழுதும் அனுமதியும் வேண்டும்.",
			"The file cannot be written; the message says why. Its folder must be there, and you need the permission to write in it.",
		},
		Wrong: run("கோப்பு_எழுது \"இல்லாத_கோப்புறை/பதிவு.txt\", \"வணக்கம்\";\n"),
		Right: run("கோப்பு_எழுது \"பதிவு.txt\", \"வணக்கம்\";\n"),
	},
	{
		Code: 5003,
		Rule: Text{
			"இந்த இடத்தில் உள்ளீடு என்பதே இல்லை (உலாவியில் இயங்கும் நிரல் போல). 'உள்ளிடு' கட்டளை வரியில் இயங்கும் நிரலுக்கு.",
			"There is no input at all here, as for a program in a browser. உள்ளிடு is for programs on the command line.",
		},
		Wrong: reading("உள்ளிடு பெயர்;\n"),
		Right: reading("பெயர் = \"மலர்\";\n"),
	},
	{
		Code: 5004,
		Rule: Text{
			"உள்ளீடு UTF-8 குறியாக்கத்தில் இருக்க வேண்டும். வேறு குறியாக்கத்தில் உள்ள கோப்பை முதலில் மாற்றுங்கள்.",
			"Input must be UTF-8. Convert a file of another encoding first.",
		},
		Wrong: Example{Way: ByRun, Source: "// உள்ளீடு: UTF-8 அல்லாத பைட்டுகள் / input: bytes that are not UTF-8\nஉள்ளிடு பெயர்;\nஅச்சு பெயர்;\n", Input: "\xff\xfe\n"},
		Right: Example{Way: ByRun, Source: "// உள்ளீடு: மலர் / input: மலர்\nஉள்ளிடு பெயர்;\nஅச்சு பெயர்;\n", Input: "மலர்\n"},
	},
	{
		Code: 5005,
		Rule: Text{
			"தரவுத்தளக் கூற்றுகளுக்கு முன் 'தளம்_இணை' கொண்டு இணைய வேண்டும்; ஒவ்வொரு கோரிக்கையிலும்.",
			"Before statements of a database comes தளம்_இணை (connect), in every request.",
		},
		Wrong: run("தளம்_செய் \"DELETE FROM பதிவுகள்\", [];\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_செய் \"DELETE FROM பதிவுகள்\", [];\n"),
	},
	{
		Code: 5006,
		Rule: Text{
			"பல தளங்கள் இணைந்திருந்தால் எது என்று தெரியாது. தேவையில்லாததை 'தளம்_பிரி' கொண்டு விடுங்கள்.",
			"With several databases connected it is not clear which one is meant. Let go of the others with தளம்_பிரி.",
		},
		Wrong: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_இணை போச்குரசீகுல், \"postgres://…\";\nதளம்_செய் \"DELETE FROM பதிவுகள்\", [];\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_செய் \"DELETE FROM பதிவுகள்\", [];\nதளம்_பிரி சீகுலைட்;\nதளம்_இணை போச்குரசீகுல், \"postgres://…\";\n"),
	},
	{
		Code: 5007,
		Rule: Text{
			"ஒரு வகைக்கு ஒரு நேரத்தில் ஓர் இணைப்பு மட்டுமே. வேறு தளத்துக்கு மாற முதலில் 'தளம்_பிரி'.",
			"Of one kind there is one connection at a time. To go to another database use தளம்_பிரி first.",
		},
		Wrong: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_இணை சீகுலைட், \"கிடங்கு.db\";\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_பிரி சீகுலைட்;\nதளம்_இணை சீகுலைட், \"கிடங்கு.db\";\n"),
	},
	{
		Code: 5008,
		Rule: Text{
			"அந்தப் பெயரில் தரவுத்தள வகை எதுவும் eTamil-க்குத் தெரியாது.",
			"eTamil knows no kind of database of that name.",
		},
		Wrong: reading("தளம்_இணை Oracle, \"கடை\";\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\n"),
	},
	{
		Code: 5009,
		Rule: Text{
			"அந்த வகைத் தரவுத்தளத்தோடு பேசும் இயக்கி இந்த நிறுவலில் இல்லை.",
			"This build has no driver that talks to that kind of database.",
		},
		Wrong: run("தளம்_இணை தேடு_மொழி, \"கடை\";\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\n"),
	},
	{
		Code: 5010,
		Rule: Text{
			"தரவுத்தளம் கூற்றை மறுத்தது; அதன் சொற்கள் அப்படியே காட்டப்படுகின்றன. பிழையை நிரலிலேயே கையாள 'தளம்_செய்_முயற்சி', 'தளம்_வினா_முயற்சி' உள்ளன.",
			"The database refused the statement; its own words are shown. To handle that in the program there are தளம்_செய்_முயற்சி and தளம்_வினா_முயற்சி.",
		},
		Wrong: reading("தளம்_செய் \"INSERT INTO இல்லாத_அட்டவணை VALUES (1)\", [];\n"),
		Right: reading("முடிவு = தளம்_செய்_முயற்சி(\"INSERT INTO பதிவுகள் VALUES (?)\", [1]);\n"),
	},
	{
		Code: 5011,
		Rule: Text{
			"வினவலின் அளவுருக்கள் ஓர் அணியாகத் தரப்பட வேண்டும்; ஒன்றே ஆனாலும். இல்லையானால் [] எழுதுங்கள்.",
			"The parameters of a query are an array, even when there is one only. Where there are none write [].",
		},
		Wrong: reading("தளம்_வினா \"SELECT * FROM ஆட்கள் WHERE id = ?\", 5, நிரைகள்;\n"),
		Right: reading("தளம்_வினா \"SELECT * FROM ஆட்கள் WHERE id = ?\", [5], நிரைகள்;\n"),
	},
	{
		Code: 5012,
		Rule: Text{
			"இணைக்காத தளத்தைப் பிரிக்க முடியாது.",
			"What is not connected cannot be disconnected.",
		},
		Wrong: run("தளம்_பிரி சீகுலைட்;\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_பிரி சீகுலைட்;\n"),
	},
	{
		Code: 5013,
		Rule: Text{
			"இந்த வழங்கியின் அமைப்பு நிரலுக்கு இதை அனுமதிக்கவில்லை: கோப்புகள், வலை அழைப்பு, சூழல், பிற நிரல்கள். தேவையானால் அமைப்பை மாற்றச் சொல்லுங்கள்.",
			"The configuration of this server does not give the program this: files, calls of the web, environment, other programs. Ask for it to be changed if it is needed.",
		},
		Wrong: Example{Way: ByRun, Denied: true, Source: "// கோப்புகளுக்கு அனுமதி இல்லை / files are not permitted\nகோப்பு_எழுது \"பதிவு.txt\", \"வணக்கம்\";\n"},
		Right: run("// கோப்புகளுக்கு அனுமதி உண்டு / files are permitted\nகோப்பு_எழுது \"பதிவு.txt\", \"வணக்கம்\";\n"),
	},
}
