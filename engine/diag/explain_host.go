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
			"அந்தப் பெயரில் தரவுத்தள வகை எதுவும் eTamil-க்குத் தெரியாது. சீகுலைட், போச்குரசீகுல், மைசீகுல் (_SQLite, _PostgreSQL, _MySQL) உள்ளன.",
			"eTamil knows no kind of database of that name. There are சீகுலைட், போச்குரசீகுல் and மைசீகுல் (_SQLite, _PostgreSQL, _MySQL).",
		},
		Wrong: reading("தளம்_இணை Oracle, \"கடை\";\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\n"),
	},
	{
		Code: 5009,
		Rule: Text{
			"அந்த வகைத் தரவுத்தளத்தோடு பேசும் இயக்கி இந்த நிறுவலில் இல்லை. ரெடிஸுக்கு ரெடிஸ்_இணை, MongoDB-க்கு மொங்கோ_இணை உள்ளன.",
			"This build has no driver that talks to that kind of database. For Redis there is ரெடிஸ்_இணை, for MongoDB மொங்கோ_இணை.",
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
			"இந்த வழங்கியின் அமைப்பு நிரலுக்கு இதை அனுமதிக்கவில்லை: கோப்புகள், தரவுத்தளங்கள், வலை அழைப்பு, சூழல், பிற நிரல்கள். தேவையானால் அமைப்பை மாற்றச் சொல்லுங்கள்; தரவுத்தளத்துக்கு அங்கே ஒரு தரவு மூலம் வேண்டும், அல்லது [databases] allow.",
			"The configuration of this server does not give the program this: files, databases, calls of the web, environment, other programs. Ask for it to be changed if it is needed; a database wants a data source there, or allow in [databases].",
		},
		Wrong: Example{Way: ByRun, Denied: true, Source: "// கோப்புகளுக்கு அனுமதி இல்லை / files are not permitted\nகோப்பு_எழுது \"பதிவு.txt\", \"வணக்கம்\";\n"},
		Right: run("// கோப்புகளுக்கு அனுமதி உண்டு / files are permitted\nகோப்பு_எழுது \"பதிவு.txt\", \"வணக்கம்\";\n"),
	},
	{
		Code: 5040,
		Rule: Text{
			"ஒரே நேரத்தில் எத்தனை இணைப்புகள் என்பதற்கு வரம்பு உண்டு; நிரல்கள் வந்த வரிசையில் காத்திருக்கும். அமைப்பு acquire_timeout சொல்லும் நேரத்திற்குள் எதுவும் விடுபடவில்லை. நீண்ட வேலைக்கு முன் தளம்_பிரி; தேவையானால் max, budget இரண்டையும் உயர்த்துங்கள்.",
			"Connections are bounded, and runs wait for one in the order they came. None became free within the setting acquire_timeout. Let go of the database before long work; if that is not it, raise max and budget.",
		},
		Wrong: reading("தளம்_வினா \"SELECT விலை FROM பொருட்கள்\", [], நிரைகள்;\n// இங்கே நீண்ட வேலை; இணைப்பு பிடித்தே வைக்கப்படுகிறது / long work here, and the connection is held\n"),
		Right: reading("தளம்_வினா \"SELECT விலை FROM பொருட்கள்\", [], நிரைகள்;\nதளம்_பிரி போச்குரசீகுல்;\n// இங்கே நீண்ட வேலை / long work here\n"),
	},
	{
		Code: 5041,
		Rule: Text{
			"தளம் இயங்கவில்லை, எட்ட முடியவில்லை, அல்லது உள்ளே விடவில்லை; காரணம் செய்தியில் உள்ளது. அது திரும்பியதும் அடுத்த கோரிக்கைகள் தாமே இணையும்.",
			"The database is not running, cannot be reached or does not let us in; the message says why. Once it is back, later requests connect by themselves.",
		},
		Wrong: reading("தளம்_இணை போச்குரசீகுல், \"postgres://kadai@127.0.0.1:1/kadai\";\n"),
		Right: reading("தளம்_இணை போச்குரசீகுல், \"postgres://kadai@127.0.0.1:5432/kadai\";\n"),
	},
	{
		Code: 5042,
		Rule: Text{
			"இணைப்பு உரையின் வடிவம் தவறு, அல்லது அதில் இங்கே பொருளில்லாத ஒரு திறவுகோல் உள்ளது. கடவுச்சொல் இருக்கக்கூடும் என்பதால் உரை காட்டப்படாது.",
			"The connection text has another form than its kind of database needs, or a key that means nothing there. The text is not shown, because it may hold a password.",
		},
		Wrong: reading("தளம்_இணை போச்குரசீகுல், \"postgres://kadai@db/kadai?colour=red\";\n"),
		Right: reading("தளம்_இணை போச்குரசீகுல், \"postgres://kadai@db/kadai?sslmode=require\";\n"),
	},
	{
		Code: 5043,
		Rule: Text{
			"அமைப்பில் உள்ள தரவு மூலம் ஒரு வகைத் தளத்துக்கானது; கூற்றில் வேறு வகை எழுதப்பட்டுள்ளது.",
			"A data source of the configuration is of one kind of database; the statement names another kind.",
		},
		Wrong: reading("// etamild.toml: [database.kadai] kind = \"postgresql\"\nதளம்_இணை மைசீகுல், \"kadai\";\n"),
		Right: reading("// etamild.toml: [database.kadai] kind = \"postgresql\"\nதளம்_இணை போச்குரசீகுல், \"kadai\";\n"),
	},
	{
		Code: 5044,
		Rule: Text{
			"இந்த உரை ஒரு தரவு மூலத்தின் பெயர் போல உள்ளது; அப்பெயரில் எதுவும் அமைப்பில் இல்லை. பெயரைச் சரிபாருங்கள், அல்லது முழு இணைப்பு உரையை எழுதுங்கள். தரவு மூலங்கள் etamild.toml-இல் [database.…] எனவும், கட்டளை வரிக்கு ETAMIL_DATABASES சொல்லும் கோப்பிலும் உள்ளன.",
			"The text has the form of a data source's name, and the configuration has none of that name. Check the name, or write a whole connection text. Data sources are the tables [database.…] of etamild.toml, for the command line of the file that ETAMIL_DATABASES names.",
		},
		Wrong: reading("// etamild.toml: [database.kadai]\nதளம்_இணை போச்குரசீகுல், \"kada\";\n"),
		Right: reading("// etamild.toml: [database.kadai]\nதளம்_இணை போச்குரசீகுல், \"kadai\";\n"),
	},
	{
		Code: 5045,
		Rule: Text{
			"அளவுருவின் மதிப்பு, தளம் அந்த இடத்தில் எதிர்பார்க்கும் வகைக்குப் பொருந்தவில்லை. மதிப்பை மாற்றுங்கள், அல்லது SQL-இல் வகையை எழுதுங்கள்.",
			"The value of a parameter does not suit the type that the database expects in that place. Convert the value, or write the type into the SQL.",
		},
		Wrong: reading("தளம்_செய் \"INSERT INTO பதிவுகள் (நாள்) VALUES ($1)\", [\"01/04/2026\"];  // date\n"),
		Right: reading("தளம்_செய் \"INSERT INTO பதிவுகள் (நாள்) VALUES ($1)\", [\"2026-04-01\"];\n"),
	},
	{
		Code: 5046,
		Rule: Text{
			"கூற்றில் உள்ள ஒவ்வோர் இடத்துக்கும் ஒரு மதிப்பு வேண்டும்; கூடவும் குறையவும் கூடாது. மேற்கோளுக்குள் உள்ள ? இடம் அல்ல.",
			"Each placeholder of the statement needs a value, no more and no fewer. A ? inside quotes is no placeholder.",
		},
		Wrong: reading("தளம்_செய் \"INSERT INTO ஆட்கள் VALUES (?, ?)\", [\"மலர்\"];\n"),
		Right: reading("தளம்_செய் \"INSERT INTO ஆட்கள் VALUES (?, ?)\", [\"மலர்\", 31];\n"),
	},
	{
		Code: 5047,
		Rule: Text{
			"இவ்வகைப் பத்தியின் எழுத்து வடிவம் சேவையகத்தின் அமைப்பைப் பொறுத்தது; எனவே அது படிக்கப்படாது. செய்தியில் உள்ளபடி வினவலில் மாற்றிக் கேளுங்கள்.",
			"How values of this type look depends on how the server is set, so the column is not read. Ask for it as the message says.",
		},
		Wrong: reading("தளம்_வினா \"SELECT விலை FROM பொருட்கள்\", [], நிரைகள்;  // money\n"),
		Right: reading("தளம்_வினா \"SELECT விலை::numeric FROM பொருட்கள்\", [], நிரைகள்;\n"),
	},
	{
		Code: 5048,
		Rule: Text{
			"நிரைகளைத் தரும் SELECT-க்குத் 'தளம்_வினா'; 'தளம்_செய்' எத்தனை நிரைகள் தொடப்பட்டன என்பதை மட்டுமே அறியும்.",
			"A SELECT that gives rows is for தளம்_வினா; தளம்_செய் only learns how many rows were touched.",
		},
		Wrong: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_செய் \"SELECT * FROM பொருட்கள்\", [];\n"),
		Right: reading("தளம்_இணை சீகுலைட், \"கடை.db\";\nதளம்_வினா \"SELECT * FROM பொருட்கள்\", [], நிரைகள்;\n"),
	},
	{
		Code: 5049,
		Rule: Text{
			"கூற்று அனுப்பப்பட்ட பின் இணைப்பு அறுந்தது; அது நடந்ததா என்று தெரியாது, எனவே மீண்டும் அனுப்பப்படாது. பரிவர்த்தனை நடுவில் என்றால், நிரல் ROLLBACK எழுதும் வரை எல்லாக் கூற்றுகளும் தோற்கும்.",
			"The connection broke after the statement was sent. It may have taken effect, so it is not sent again. Within a transaction every statement fails up to the program's ROLLBACK.",
		},
		Wrong: reading("தளம்_செய் \"UPDATE கணக்கு SET இருப்பு = இருப்பு - 10 WHERE id = 1\", [];\n// இங்கே சேவையகம் நின்றது / the server stopped here\n"),
		Right: reading("முடிவு = தளம்_செய்_முயற்சி(\"UPDATE கணக்கு SET இருப்பு = ? WHERE id = 1 AND இருப்பு = ?\", [90, 100]);\n(தவறா(முடிவு)) எனில் {\n    // இணைந்து, நடந்ததா என்று பார்க்க / connect, and look whether it took effect\n}\n"),
	},
	{
		Code: 5050,
		Rule: Text{
			"ஒரு கூற்று, அமைப்பு statement_timeout சொல்லும் நேரத்துக்கு மேல் எடுத்தது; அது தளத்திலேயே நிறுத்தப்பட்டது. குறியீடு (index) சேருங்கள், அல்லது குறைவாகக் கேளுங்கள்.",
			"A statement took longer than the setting statement_timeout and was cancelled in the database. Add an index, or ask for less.",
		},
		Wrong: reading("தளம்_வினா \"SELECT * FROM பதிவுகள் WHERE lower(பெயர்) = $1\", [\"மலர்\"], நிரைகள்;\n"),
		Right: reading("தளம்_வினா \"SELECT * FROM பதிவுகள் WHERE பெயர் = $1 LIMIT 50\", [\"மலர்\"], நிரைகள்;\n"),
	},
	{
		Code: 5051,
		Rule: Text{
			"SQLite கோப்பில் ஒரு நேரத்தில் ஒருவரே எழுத முடியும். வேறு ஒரு நிரல் நீண்ட நேரம் எழுதிக்கொண்டிருக்கிறது. பரிவர்த்தனைகளைச் சுருக்கமாக வையுங்கள்.",
			"One at a time can write to a file of SQLite, and another program has been writing for long. Keep transactions short.",
		},
		Wrong: reading("தளம்_செய் \"BEGIN\", [];\n// நீண்ட வேலை / long work\nதளம்_செய் \"COMMIT\", [];\n"),
		Right: reading("// நீண்ட வேலை முதலில் / the long work first\nதளம்_செய் \"BEGIN\", [];\nதளம்_செய் \"UPDATE பொருட்கள் SET இருப்பு = ? WHERE id = ?\", [9, 1];\nதளம்_செய் \"COMMIT\", [];\n"),
	},
	{
		Code: 5052,
		Rule: Text{
			"BEGIN-க்குப் பின் COMMIT அல்லது ROLLBACK இன்றி நிரல் முடிந்தது. அதில் செய்தவை திரும்பப் பெறப்பட்டன.",
			"The run ended after BEGIN without COMMIT or ROLLBACK. What it did since then was taken back.",
		},
		Wrong: reading("தளம்_செய் \"BEGIN\", [];\nதளம்_செய் \"INSERT INTO பதிவுகள் VALUES (1)\", [];\n"),
		Right: reading("தளம்_செய் \"BEGIN\", [];\nதளம்_செய் \"INSERT INTO பதிவுகள் VALUES (1)\", [];\nதளம்_செய் \"COMMIT\", [];\n"),
	},
	{
		Code: 5053,
		Rule: Text{
			"SQLite-இல் ஓர் உரையின் முதல் கூற்று மட்டுமே இயங்கும். மற்றவற்றைத் தனித்தனியாக எழுதுங்கள்.",
			"Of a text for SQLite only the first statement is run. Write the others by themselves.",
		},
		Wrong: reading("தளம்_செய் \"DELETE FROM அ; DELETE FROM ஆ\", [];\n"),
		Right: reading("தளம்_செய் \"DELETE FROM அ\", [];\nதளம்_செய் \"DELETE FROM ஆ\", [];\n"),
	},
	{
		Code: 5054,
		Rule: Text{
			"இக்கட்டளையின் பதில்கள் ஒரு விடை அல்ல, அல்லது அது இணைப்பையே மாற்றிவிடும். வரிசைகளுக்கு BLPOP, XREAD உள்ளன.",
			"What this command answers is no single reply, or it would change the connection itself. For queues there are BLPOP and XREAD.",
		},
		Wrong: reading("ரெடிஸ்_கட்டளை(\"SUBSCRIBE\", [\"செய்தி\"]);\n"),
		Right: reading("ரெடிஸ்_கட்டளை(\"BLPOP\", [\"செய்தி\", 5]);\n"),
	},
	{
		Code: 5055,
		Rule: Text{
			"ரெடிஸ், MongoDB கட்டளைகளுக்கு முன் இணைய வேண்டும்; ஒவ்வொரு கோரிக்கையிலும்.",
			"Before commands to Redis or MongoDB comes connecting, in every request.",
		},
		Wrong: reading("அச்சு ரெடிஸ்_கட்டளை(\"GET\", [\"எண்ணி\"]);\n"),
		Right: reading("ரெடிஸ்_இணை(\"127.0.0.1:6379\");\nஅச்சு ரெடிஸ்_கட்டளை(\"GET\", [\"எண்ணி\"]);\n"),
	},
	{
		Code: 5056,
		Rule: Text{
			"MongoDB-இல் ஆவணம், வடிகட்டி, மாற்றம் ஆகியவை பொருள்கள்: {புலம்: மதிப்பு}.",
			"Documents, filters and changes of MongoDB are records: {field: value}.",
		},
		Wrong: reading("மொங்கோ_கண்டுபிடி(\"ஆட்கள்\", \"மலர்\");\n"),
		Right: reading("மொங்கோ_கண்டுபிடி(\"ஆட்கள்\", {பெயர்: \"மலர்\"});\n"),
	},
	{
		Code: 5057,
		Rule: Text{
			"தளம் முழுப் பரிவர்த்தனையையும் தானே திரும்பப் பெற்றது (முட்டுக்கட்டை, நிறுத்தம், வட்டு நிறைவு). அடுத்தவை தனியாக நிலைபெறக் கூடாது; எனவே நிரல் ROLLBACK எழுதும் வரை எல்லாம் தோற்கும்.",
			"The database rolled the whole transaction back by itself (a deadlock, a statement stopped, a full disk). What follows must not stay alone, so everything fails up to the program's ROLLBACK.",
		},
		Wrong: reading("தளம்_செய்_முயற்சி(\"UPDATE கணக்கு SET இருப்பு = 0\", []);  // deadlock\nதளம்_செய் \"COMMIT\", [];\n"),
		Right: reading("முடிவு = தளம்_செய்_முயற்சி(\"UPDATE கணக்கு SET இருப்பு = 0\", []);\n(தவறா(முடிவு)) எனில் {\n    தளம்_செய் \"ROLLBACK\", [];\n}\n"),
	},
	{
		Code: 5058,
		Rule: Text{
			"தளத்தின் ஒரு கூற்று, அமைப்பு சொல்லும் நேரத்துக்கு மேல் எடுத்தது; இது பிழை அல்ல, பதிவு மட்டுமே. குறியீடு (index) உதவக்கூடும்.",
			"A statement of a database took longer than the configuration finds right. It is no error, only a word in the log. An index may help.",
		},
		Wrong: reading("தளம்_வினா \"SELECT * FROM பதிவுகள் WHERE lower(பெயர்) = $1\", [\"மலர்\"], நிரைகள்;\n"),
		Right: reading("தளம்_வினா \"SELECT * FROM பதிவுகள் WHERE பெயர் = $1 LIMIT 50\", [\"மலர்\"], நிரைகள்;\n"),
	},
}
