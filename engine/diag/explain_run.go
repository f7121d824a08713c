package diag

import "time"

var explainRun = []Explanation{
	{
		Code: 3001,
		Rule: Text{
			"ஒரு நிரல் 10 இலட்சம் கட்டளைகள் வரை கொண்டிருக்கலாம். திரும்பத் திரும்ப வருவதைச் சுற்றாகவோ செயலாகவோ எழுதுங்கள்; தரவைக் கோப்பிலிருந்து படியுங்கள்.",
			"A program may have 1 000 000 instructions. Write what repeats as a loop or function, and read data from a file.",
		},
		Wrong: check("அ=1;").times(1_000_001).short("அ = 1;\nஅ = 1;\n…      // 10 இலட்சம் முறை / a million times"),
		Right: check("அ = 1;\n"),
	},
	{
		Code: 4001,
		Rule: Text{
			"எதையும் 0 ஆல் வகுக்க முடியாது. எண்ணாகப் படிக்க முடியாத உரை, இன்மை, அணி ஆகியவையும் 0 ஆகக் கணக்கிடப்படும். வகுக்கும் முன் சரிபாருங்கள்.",
			"Nothing can be divided by 0. Text that does not read as a number, nil and arrays count as 0 too. Look before you divide.",
		},
		Wrong: run("பங்குகள் = 0;\nஅச்சு 100 / பங்குகள்;\n"),
		Right: run("பங்குகள் = 0;\n(பங்குகள் == 0) எனில் {\n    அச்சு \"பங்குகள் இல்லை\";\n} இன்றேல் {\n    அச்சு 100 / பங்குகள்;\n}\n"),
	},
	{
		Code: 4002,
		Rule: Text{
			"எண்கள் 79228162514264337593543950335 வரை துல்லியமாக வைக்கப்படும். விடை அதைத் தாண்டினால் தவறான எண் தருவதற்குப் பதில் நிரல் நிற்கும்.",
			"Numbers are exact up to 79228162514264337593543950335. When a result is larger the program stops rather than give a wrong number.",
		},
		Wrong: run("அ = 79228162514264337593543950335;\nஅச்சு அ * 2;\n"),
		Right: run("அ = 79228162514264337593543950335;\nஅச்சு அ / 2;\n"),
	},
	{
		Code: 4003,
		Rule: Text{
			"மாறிக்கு மதிப்பு தந்த பின்னரே அதைப் படிக்கலாம். மதிப்பு தரும் கூற்று இயங்காத கிளையிலோ வேறொரு செயலிலோ இருக்கலாம்: செயலுக்குள் தந்த மதிப்பு அதற்கு வெளியே தெரியாது.",
			"A variable can be read once it was given a value. The assignment may stand in a branch that did not run, or in a function: what a function assigns is not seen outside of it.",
		},
		Wrong: run("(1 > 2) எனில் {\n    விடை = \"ஆம்\";\n}\nஅச்சு விடை;\n"),
		Right: run("விடை = \"இல்லை\";\n(1 > 2) எனில் {\n    விடை = \"ஆம்\";\n}\nஅச்சு விடை;\n"),
	},
	{
		Code: 4004,
		Rule: Text{
			"அந்தப் பெயரில் செயல் எதுவும் இல்லை. 'etamil check' இதை நிரல் இயங்கும் முன்பே காட்டும் (ET2101).",
			"There is no function of that name. 'etamil check' shows it before the program runs (ET2101).",
		},
		Wrong: run("அச்சு நீளமம்(\"வணக்கம்\");\n"),
		Right: run("அச்சு நீளம்(\"வணக்கம்\");\n"),
	},
	{
		Code: 4005,
		Rule: Text{
			"ஒரு செயலுக்கு அதன் அளவுருக்கள் அத்தனைக்கும் மதிப்பு தர வேண்டும், கூடவோ குறையவோ அல்ல.",
			"A function is given exactly as many arguments as it has parameters.",
		},
		Wrong: run("செயல் பரப்பு(நீட்டல், அகலம்) {\n    திரும்பு நீட்டல் * அகலம்;\n}\nஅச்சு பரப்பு(5);\n"),
		Right: run("செயல் பரப்பு(நீட்டல், அகலம்) {\n    திரும்பு நீட்டல் * அகலம்;\n}\nஅச்சு பரப்பு(5, 3);\n"),
	},
	{
		Code: 4006,
		Rule: Text{
			"ஒன்றை ஒன்று அழைத்து இன்னும் முடியாத செயல்கள் 256 வரை இருக்கலாம். தன்னையே அழைக்கும் செயலுக்கு முடிவு நிபந்தனை வேண்டும்; ஆழம் அதிகமானால் சுற்று எழுதுங்கள்.",
			"At most 256 calls may be active at once. A function that calls itself needs a condition that ends it; where it would go deeper, write a loop.",
		},
		Wrong: run("செயல் எண்ணு(அ) {\n    திரும்பு எண்ணு(அ + 1);\n}\nஅச்சு எண்ணு(0);\n"),
		Right: run("செயல் எண்ணு(அ) {\n    (அ >= 100) எனில் {\n        திரும்பு அ;\n    }\n    திரும்பு எண்ணு(அ + 1);\n}\nஅச்சு எண்ணு(0);\n"),
	},
	{
		Code: 4007,
		Rule: Text{
			"'திரும்பு' ஒரு செயலுக்குள் மட்டுமே வரலாம். வழி, இடைவெளி ஆகியவற்றின் தொகுதிகளும் செயல்கள் அல்ல. நிரலை முடிக்க 'வெளியேறு(0)' எழுதுங்கள்.",
			"திரும்பு (return) belongs in a function. The blocks of routes and timers are none. To end a program write வெளியேறு(0).",
		},
		Wrong: run("அச்சு 1;\nதிரும்பு 0;\n"),
		Right: run("அச்சு 1;\nவெளியேறு(0);\n"),
	},
	{
		Code: 4008,
		Rule: Text{
			"'?' சரியான முடிவின் மதிப்பைத் தரும்; தவறானால் அந்தச் செயலிலிருந்து தவறோடு திரும்பும். செயலுக்கு வெளியே திரும்ப இடமில்லை; எனவே 'சரியா' கொண்டு பார்த்துக் கையாளுங்கள்.",
			"'?' gives the value of a success, and of a failure it leaves the function with it. At top level there is nowhere to go; look with சரியா and handle it.",
		},
		Wrong: run("அ = எண்ணாக்கு(\"பத்து\")?;\nஅச்சு அ;\n"),
		Right: run("முடிவு = எண்ணாக்கு(\"பத்து\");\n(சரியா(முடிவு)) எனில் {\n    அச்சு மதிப்பு(முடிவு);\n} இன்றேல் {\n    அச்சு \"எண் அல்ல\";\n}\n"),
	},
	{
		Code: 4009,
		Rule: Text{
			"'?' ஒரு முடிவின் பின் மட்டுமே வரலாம்: சரி(…), தவறு(…), அல்லது முடிவைத் தரும் செயலின் அழைப்பு.",
			"'?' stands after a result only: சரி(…), தவறு(…), or a call that gives one.",
		},
		Wrong: run("அச்சு நீளம்(\"வணக்கம்\")?;\n"),
		Right: run("அச்சு எண்ணாக்கு(\"12\")?;\n"),
	},
	{
		Code: 4010,
		Rule: Text{
			"இடங்கள் 0 முதல் எண்ணப்படும்; எனவே கடைசி இடம் நீளத்தைவிட ஒன்று குறைவு. அணியை நீட்ட 'இணை' பயன்படுத்துங்கள்.",
			"Places count from 0, so the last one is the length less one. To make an array longer use இணை (append).",
		},
		Wrong: run("ஊர்கள் = [\"மதுரை\", \"கோவை\"];\nஅச்சு ஊர்கள்[2];\n"),
		Right: run("ஊர்கள் = [\"மதுரை\", \"கோவை\"];\nஅச்சு ஊர்கள்[1];\n"),
	},
	{
		Code: 4011,
		Rule: Text{
			"இடம் முழு எண்ணாக இருக்க வேண்டும். 'தரை' கீழ்நோக்கியும் 'மேல்' மேல்நோக்கியும் முழு எண்ணாக்கும்.",
			"A place is a whole number. தரை rounds down to one, மேல் up.",
		},
		Wrong: run("அ = [10, 20, 30];\nஅச்சு அ[3 / 2];\n"),
		Right: run("அ = [10, 20, 30];\nஅச்சு அ[தரை(3 / 2)];\n"),
	},
	{
		Code: 4012,
		Rule: Text{
			"[…] அணி, உரை, பொருள் ஆகியவற்றின் மீது மட்டுமே. எண்ணின் இலக்கம் தேவையானால் முதலில் 'சொல்லாக்கு'.",
			"[…] is for arrays, texts and records. For a digit of a number use சொல்லாக்கு first.",
		},
		Wrong: run("எண்கள் = 123;\nஅச்சு எண்கள்[0];\n"),
		Right: run("எண்கள் = 123;\nஅச்சு சொல்லாக்கு(எண்கள்)[0];\n"),
	},
	{
		Code: 4013,
		Rule: Text{
			"பொருளில் அந்தப் புலம் இல்லை. பெயர் எழுத்துக்கு எழுத்து ஒன்றாக இருக்க வேண்டும்; 'வரி' உம் 'vari' உம் வேறு புலங்கள். இருக்கிறதா என்று அறிய 'ஒவ்வொரு' கொண்டு புலங்களைச் சுற்றலாம்.",
			"The record has no such field. The name must agree letter by letter; வரி and vari are two fields. To know whether it is there, walk the fields with ஒவ்வொரு.",
		},
		Wrong: run("ஆள் = {பெயர்: \"மலர்\"};\nஅச்சு ஆள்.ஊர்;\n"),
		Right: run("ஆள் = {பெயர்: \"மலர்\", ஊர்: \"மதுரை\"};\nஅச்சு ஆள்.ஊர்;\n"),
	},
	{
		Code: 4014,
		Rule: Text{
			"'.புலம்' பொருளுக்கு மட்டுமே. அணியின் உறுப்புக்கு […] எழுதுங்கள்; பொருள்களின் அணியானால் முதலில் ஓர் உறுப்பை எடுங்கள்.",
			"'.field' is for records. Write […] for an element of an array, and of an array of records take one first.",
		},
		Wrong: run("ஆட்கள் = [{பெயர்: \"மலர்\"}];\nஅச்சு ஆட்கள்.பெயர்;\n"),
		Right: run("ஆட்கள் = [{பெயர்: \"மலர்\"}];\nஅச்சு ஆட்கள்[0].பெயர்;\n"),
	},
	{
		Code: 4015,
		Rule: Text{
			"'ஒவ்வொரு' அணியின் உறுப்புகள், பொருளின் புலப் பெயர்கள், உரையின் எழுத்துகள் ஆகியவற்றைச் சுற்றும். முடிவானால் முதலில் '?' அல்லது 'மதிப்பு' கொண்டு எடுங்கள்.",
			"ஒவ்வொரு (for each) walks the elements of an array, the names of a record's fields, the letters of a text. Of a result take the value first, with '?' or மதிப்பு.",
		},
		Wrong: run("ஒவ்வொரு எ இல் 3 {\n    அச்சு எ;\n}\n"),
		Right: run("ஒவ்வொரு எ இல் [0, 1, 2] {\n    அச்சு எ;\n}\n"),
	},
	{
		Code: 4016,
		Rule: Text{
			"அணியின் உறுப்பையும் பொருளின் புலத்தையும் மட்டுமே மாற்றலாம். உரையின் எழுத்தை மாற்ற முடியாது; புதிய உரை கட்டுங்கள்.",
			"Only elements of an array and fields of a record can be assigned. A letter of a text cannot; make a new text.",
		},
		Wrong: run("ஊர் = \"மதுரை\";\nஊர்[0] = \"கு\";\n"),
		Right: run("ஊர் = மாற்று(\"மதுரை\", \"ம\", \"கு\");\nஅச்சு ஊர்;\n"),
	},
	{
		Code: 4017,
		Rule: Text{
			"புலம் பொருளுக்கு மட்டுமே இட முடியும். முதலில் மாறியை {} ஆக்குங்கள்.",
			"Only a record takes a field. Make the variable {} first.",
		},
		Wrong: run("ஆள் = [];\nஆள்.பெயர் = \"மலர்\";\n"),
		Right: run("ஆள் = {};\nஆள்.பெயர் = \"மலர்\";\nஅச்சு ஆள்;\n"),
	},
	{
		Code: 4018,
		Rule: Text{
			"'மதிப்பு' சரியான முடிவிலிருந்து மட்டுமே எடுக்கும். முதலில் 'சரியா' என்று பாருங்கள், அல்லது 'இயல்பு' கொண்டு மாற்று மதிப்பு தாருங்கள்.",
			"மதிப்பு takes the value of a success only. Ask சரியா first, or give a value to fall back on with இயல்பு.",
		},
		Wrong: run("அச்சு மதிப்பு(எண்ணாக்கு(\"பத்து\"));\n"),
		Right: run("அச்சு இயல்பு(எண்ணாக்கு(\"பத்து\"), 0);\n"),
	},
	{
		Code: 4019,
		Rule: Text{
			"'தவறு_மதிப்பு' தவறான முடிவிலிருந்து மட்டுமே காரணத்தை எடுக்கும். முதலில் 'தவறா' என்று பாருங்கள்.",
			"தவறு_மதிப்பு takes the reason of a failure only. Ask தவறா first.",
		},
		Wrong: run("அச்சு தவறு_மதிப்பு(சரி(1));\n"),
		Right: run("முடிவு = சரி(1);\n(தவறா(முடிவு)) எனில் {\n    அச்சு தவறு_மதிப்பு(முடிவு);\n} இன்றேல் {\n    அச்சு மதிப்பு(முடிவு);\n}\n"),
	},
	{
		Code: 4020,
		Rule: Text{
			"'மதிப்பு', 'தவறு_மதிப்பு', 'இயல்பு' ஆகியவை சரி(…) அல்லது தவறு(…) மீது மட்டுமே இயங்கும்.",
			"மதிப்பு, தவறு_மதிப்பு and இயல்பு work on சரி(…) and தவறு(…) only.",
		},
		Wrong: run("அச்சு மதிப்பு(5);\n"),
		Right: run("அச்சு மதிப்பு(சரி(5));\n"),
	},
	{
		Code: 4021,
		Rule: Text{
			"செயலுக்கோ கூற்றுக்கோ தந்த மதிப்பு அதற்குப் பொருந்தாது. செய்தி எது தேவை, எது கிடைத்தது என்று சொல்கிறது.",
			"A function or statement cannot use the value it was given. The message says what it needs and what it got.",
		},
		Wrong: run("அச்சு நீளம்(5);\n"),
		Right: run("அச்சு நீளம்(\"5\");\n"),
	},
	{
		Code: 4022,
		Rule: Text{
			"'தளம்_செருக', 'தளம்_புதுப்பி', 'தளம்_நீக்கு', 'அட்டை_ஆக்கு', 'தேர்வெடு', 'ஜேசான்_உரை', 'வழங்கி_தொடங்கு', 'வழங்கி_நிறுத்து' ஆகியவை எழுதலாம், ஆனால் இயங்கா. தரவுக்கு 'தளம்_செய்', 'தளம்_வினா'; சேவைக்கு 'etamil serve'.",
			"தளம்_செருக, தளம்_புதுப்பி, தளம்_நீக்கு, அட்டை_ஆக்கு, தேர்வெடு, ஜேசான்_உரை, வழங்கி_தொடங்கு and வழங்கி_நிறுத்து can be written but not run. For data there are தளம்_செய் and தளம்_வினா, for serving 'etamil serve'.",
		},
		Wrong: run("வழங்கி_நிறுத்து;\n"),
		Right: run("வெளியேறு(0);\n"),
	},
	{
		Code: 4023,
		Rule: Text{
			"தொகுதிகள் நிரல் தொடங்கும் முன் ஒன்றுசேர்க்கப்படும்; எனவே 'இறக்கு' கோப்பின் மேல் மட்டத்தில் மட்டுமே வரலாம், நிபந்தனைக்குள் அல்ல.",
			"Modules are put together before the program starts, so இறக்கு (import) stands at the top level of a file, not under a condition.",
		},
		Wrong: run("(மெய்) எனில் {\n    இறக்கு \"உதவி.qmz\";\n}\n").with("உதவி.qmz", "அளவு = 1;\n"),
		Right: run("இறக்கு \"உதவி.qmz\";\nஅச்சு அளவு;\n").with("உதவி.qmz", "அளவு = 1;\n"),
	},
	{
		Code: 4024,
		Rule: Text{
			"வழங்கியில் 'வெளியேறு' அந்தக் கோரிக்கையை மட்டும் முடிக்கும்: 0 எனில் அதுவரை உள்ள பதில் செல்லும்; வேறு எண்ணானால் தவறு 500.",
			"In a server வெளியேறு (exit) ends that request only: with 0 the answer made so far is sent, with any other number it is a failure, 500.",
		},
		Wrong: request("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n    வெளியேறு(1);\n}\n"),
		Right: request("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n    வெளியேறு(0);\n}\n"),
	},
	{
		Code: 4025,
		Rule: Text{
			"வழிகளும் இடைவெளிகளும் வழங்கியில் மட்டுமே இயங்கும், அதுவும் மேல் மட்டத்தில் இருந்தால் மட்டும். 'etamil serve' கொண்டு தொடங்குங்கள்.",
			"Routes and timers work in a server only, and only at top level. Start the program with 'etamil serve'.",
		},
		Wrong: run("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n}\n"),
		Right: request("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n}\n"),
	},
	{
		Code: 4026,
		Rule: Text{
			"தேதிகள் YYYY-MM-DD வடிவில் எழுதப்பட்ட உரைகள்; அப்படி ஒரு நாள் இருக்கவும் வேண்டும்.",
			"Dates are texts of the form YYYY-MM-DD, and there must be such a day.",
		},
		Wrong: run("அச்சு நாள்_கூட்டு(\"2024-13-01\", 1);\n"),
		Right: run("அச்சு நாள்_கூட்டு(\"2024-12-01\", 1);\n"),
	},
	{
		Code: 4027,
		Rule: Text{
			"ஒரு பைட்டு 0 முதல் 255 வரை உள்ள முழு எண்.",
			"A byte is a whole number from 0 to 255.",
		},
		Wrong: run("அச்சு பைட்டுச்_சரம்([72, 300]);\n"),
		Right: run("அச்சு பைட்டுச்_சரம்([72, 105]);\n"),
	},
	{
		Code: 4030,
		Rule: Text{
			"ஓர் ஓட்டம் எத்தனை படிகள் எடுக்கலாம் என்பதற்கு வரம்பு உண்டு; முடிவில்லாச் சுற்று வழங்கியைப் பிடித்துக்கொள்ளாமல் இருக்க. சுற்றின் நிபந்தனை ஒருநாள் பொய்யாகிறதா என்று பாருங்கள்.",
			"A run may take a limited number of steps, so that an endless loop does not hold a server. Look whether the condition of the loop ever becomes false.",
		},
		Wrong: Example{Way: ByRun, Steps: 100_000, Source: "அ = 0;\n(அ >= 0) சுற்று {\n    அ = அ + 1;\n}\n"},
		Right: Example{Way: ByRun, Steps: 100_000, Source: "அ = 0;\n(அ < 10) சுற்று {\n    அ = அ + 1;\n}\nஅச்சு அ;\n"},
	},
	{
		Code: 4031,
		Rule: Text{
			"ஓர் ஓட்டம் எவ்வளவு நேரம் எடுக்கலாம் என்பதற்கு வரம்பு உண்டு. பெரிய வேலையைச் சிறு பகுதிகளாக்குங்கள், அல்லது 'இடைவெளி' கொண்டு பின்னணியில் செய்யுங்கள்.",
			"A run may take a limited time. Do large work in parts, or in the background with a timer.",
		},
		Wrong: Example{Way: ByRun, Time: 50 * time.Millisecond, Source: "(மெய்) சுற்று {\n    அ = 1;\n}\n"},
		Right: Example{Way: ByRun, Time: time.Minute, Source: "அ = 1;\nஅச்சு அ;\n"},
	},
	{
		Code: 4032,
		Rule: Text{
			"ஓர் ஓட்டம் வைத்திருக்கும் மதிப்புகளின் அளவுக்கு வரம்பு உண்டு. தேவையற்றதை வைத்திருக்காதீர்கள்; பெரிய தரவை வரி வரியாகக் கையாளுங்கள்.",
			"The values a run holds may take a limited room. Do not keep what is not needed; work on large data line by line.",
		},
		Wrong: Example{Way: ByRun, Memory: 1 << 20, Source: "அ = \"வணக்கம்\";\n(மெய்) சுற்று {\n    அ = அ & அ;\n}\n"},
		Right: Example{Way: ByRun, Memory: 1 << 20, Source: "அ = \"வணக்கம்\";\nஅச்சு அ & அ;\n"},
	},
	{
		Code: 4033,
		Rule: Text{
			"ஓர் ஓட்டம் அச்சிடும் அளவுக்கும் பதிலின் அளவுக்கும் வரம்பு உண்டு.",
			"What a run prints, and the size of its answer, are limited.",
		},
		Wrong: Example{Way: ByRun, Output: 1000, Source: "(மெய்) சுற்று {\n    அச்சு \"வணக்கம்\";\n}\n"},
		Right: Example{Way: ByRun, Output: 1000, Source: "அச்சு \"வணக்கம்\";\n"},
	},
	{
		Code: 4034,
		Rule: Text{
			"அணிகளும் பொருள்களும் ஒன்றுக்குள் ஒன்றாக 10 000 நிலைகள் வரை இருக்கலாம். பெரும்பாலும் ஒரு சுற்றில் மதிப்பைத் தனக்குள்ளேயே வைப்பதால் இது வரும்.",
			"Arrays and records may lie in one another up to 10 000 levels deep. Most often a loop puts a value into itself again and again.",
		},
		Wrong: run("அ = [];\nஎண் சுற்றுகள் = 0;\n(சுற்றுகள் < 10001) சுற்று {\n    அ = [அ];\n    சுற்றுகள் = சுற்றுகள் + 1;\n}\nஅச்சு \"முடிந்தது\";\n"),
		Right: run("அ = [];\nஎண் சுற்றுகள் = 0;\n(சுற்றுகள் < 10001) சுற்று {\n    அ = இணை(அ, சுற்றுகள்);\n    சுற்றுகள் = சுற்றுகள் + 1;\n}\nஅச்சு \"முடிந்தது\";\n"),
	},
	{
		Code: 4035,
		Rule: Text{
			"ஒரு வினவல் தரும் நிரைகளின் எண்ணிக்கைக்கு வரம்பு உண்டு. தேவையான நிரைகளை மட்டும் கேளுங்கள்: WHERE, LIMIT.",
			"The rows of one query are limited in number. Ask for what you need only: WHERE, LIMIT.",
		},
		Wrong: reading("தளம்_வினா \"SELECT * FROM பதிவுகள்\", [], நிரைகள்;\n"),
		Right: reading("தளம்_வினா \"SELECT * FROM பதிவுகள் ORDER BY id LIMIT 100\", [], நிரைகள்;\n"),
	},
	{
		Code: 4036,
		Rule: Text{
			"கோரிக்கை அனுப்பியவர் பதிலுக்குக் காத்திருக்காமல் விலகிவிட்டார்; யாருக்கும் தேவைப்படாத வேலை நிறுத்தப்பட்டது. நிரலில் திருத்த எதுவும் இல்லை.",
			"The one who sent the request did not wait for the answer, and work nobody needs was stopped. There is nothing to mend in the program.",
		},
		Wrong: reading("(விலகிய கோரிக்கை / a client that went away)"),
		Right: reading("(காத்திருக்கும் கோரிக்கை / a client that waits)"),
	},
	{
		Code: 4037,
		Rule: Text{
			"'பதில்' தரும் நிலை 200 முதல் 599 வரை இருக்க வேண்டும்: 200 சரி, 201 உருவானது, 400 தவறான கோரிக்கை, 404 இல்லை, 500 தவறு.",
			"The status of an answer is from 200 to 599: 200 OK, 201 created, 400 bad request, 404 not found, 500 failure.",
		},
		Wrong: request("வழி பெறு, \"/\" {\n    பதில் 700, \"சரி\";\n}\n"),
		Right: request("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n}\n"),
	},
}
