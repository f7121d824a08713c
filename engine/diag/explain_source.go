package diag

import "strings"

var explainGeneral = []Explanation{
	{
		Code: 1,
		Rule: Text{
			"இது eTamil-இல் உள்ள தவறு. உங்கள் நிரலை மாற்றத் தேவையில்லை; அந்த ஓட்டம் மட்டும் நின்றது. முடிந்தால் இதைக் காட்டும் சிறு நிரலுடன் தெரிவியுங்கள்.",
			"The fault is in eTamil. Your program need not change, and only that run was lost. Please report it, with a small program that shows it if you can.",
		},
		Wrong: reading("(எந்த நிரலும் இதைத் தரக் கூடாது / no program should get this)"),
		Right: reading("(எந்த நிரலும் / any program)"),
	},
	{
		Code: 2,
		Rule: Text{
			"கட்டளை வரியில் உள்ள சொல்லோ தெரிவோ இல்லை. 'etamil help' எல்லாவற்றையும் பட்டியலிடும். நிரல் எதுவும் இயங்கவில்லை; நிலை 2.",
			"A word or flag of the command line does not exist. 'etamil help' lists all. No program ran; the exit status is 2.",
		},
		Wrong: reading("etamil rnu கணக்கு.qmz"),
		Right: reading("etamil run கணக்கு.qmz"),
	},
}

var explainSource = []Explanation{
	{
		Code: 1001,
		Rule: Text{
			"நிரல் எண்கள், பெயர்கள், மேற்கோள் உரைகள், குறிப்புகள் (//), மற்றும் > < == != >= <= = + - * / & ? [ ] . : ( ) { } , ; ஆகிய குறிகளால் ஆனது. வேறு குறி மேற்கோளுக்குள் மட்டுமே வரலாம்.",
			"A program is made of numbers, names, texts in quotes, comments (//) and the marks > < == != >= <= = + - * / & ? [ ] . : ( ) { } , ; and nothing else outside quotes.",
		},
		Wrong: check("# தொகை\nஅச்சு 5;\n"),
		Right: check("// தொகை\nஅச்சு 5;\n"),
	},
	{
		Code: 1002,
		Rule: Text{
			"நிரல் கோப்பு UTF-8 குறியாக்கத்தில் சேமிக்கப்பட வேண்டும். TSCII, UTF-16 போன்ற வேறு குறியாக்கத்தில் உள்ள கோப்பை உங்கள் திருத்தியில் UTF-8 ஆகச் சேமியுங்கள். எண் 0 முதல் எண்ணப்பட்ட முதல் தவறான பைட்டின் இடம்.",
			"A program file is saved as UTF-8. Save a file of another encoding (TSCII, UTF-16) as UTF-8 in your editor. The number is the place of the first bad byte, counted from 0.",
		},
		Wrong: check("அச்சு \"\xff\";\n").short("(UTF-8 அல்லாத கோப்பு / a file that is not UTF-8)"),
		Right: check("அச்சு \"வணக்கம்\";\n"),
	},
	{
		Code: 1003,
		Rule: Text{
			`மேற்கோள் உரை " என்று தொடங்கி " என்று முடியும்; பல வரிகளில் நீளலாம். உரைக்குள் " வேண்டுமானால் \" என்று எழுதுங்கள்.`,
			`A text begins and ends with "; it may run over several lines. Inside it, " is written \".`,
		},
		Wrong: check("அச்சு \"வணக்கம்;\n"),
		Right: check("அச்சு \"வணக்கம்\";\n"),
	},
	{
		Code: 1004,
		Rule: Text{
			`மேற்கோள் உரையில் \ அடுத்த குறியோடு சேர்ந்து பொருள் தரும்: \n வரி முறிவு, \t தாவல், \r, \", \\. வரி \ குறியுடன் முடிய முடியாது; உரை அடுத்த வரியில் தொடர \ தேவையில்லை.`,
			`In a text \ goes with the character after it: \n is a line feed, \t a tab, and \r, \", \\. A line cannot end with it; a text goes on in the next line without any mark.`,
		},
		Wrong: check("அச்சு \"ஒன்று\\\nஇரண்டு\";\n"),
		Right: check("அச்சு \"ஒன்று\nஇரண்டு\";\n"),
	},
	{
		Code: 1005,
		Rule: Text{
			"எண்கள் துல்லியமாக வைக்கப்படுகின்றன; அதற்கு 29 இலக்கங்கள் வரை இடம் உண்டு. மிகப் பெரிய எண் 79228162514264337593543950335.",
			"Numbers are kept exactly, with room for up to 29 digits. The largest is 79228162514264337593543950335.",
		},
		Wrong: check("அச்சு 79228162514264337593543950336;\n"),
		Right: check("அச்சு 79228162514264337593543950335;\n"),
	},
	{
		Code: 1010,
		Rule: Text{
			"இந்த இடத்தில் வேறொரு சொல்லோ குறியோ வர வேண்டும். முதல் பகுதி என்ன எதிர்பார்க்கப்பட்டது என்றும், இரண்டாம் பகுதி என்ன கிடைத்தது என்றும் சொல்கிறது.",
			"Another word or mark must come at this place. The first part says which one, the second what was found.",
		},
		Wrong: check("ஒவ்வொரு எ, [1, 2] {\n    அச்சு எ;\n}\n"),
		Right: check("ஒவ்வொரு எ இல் [1, 2] {\n    அச்சு எ;\n}\n"),
	},
	{
		Code: 1011,
		Rule: Text{
			"கூற்று முடியும் முன் நிரல் முடிந்துவிட்டது. ஒவ்வொரு எளிய கூற்றும் ';' கொண்டு முடியும், கடைசிக் கூற்றும் கூட.",
			"The program ends before the statement does. Every simple statement ends with ';', the last one too.",
		},
		Wrong: check("அச்சு 1 +\n"),
		Right: check("அச்சு 1 + 2;\n"),
	},
	{
		Code: 1012,
		Rule: Text{
			"கூற்று ஒரு பெயர், ஒரு கட்டளைச் சொல் அல்லது '(' கொண்டு தொடங்கும். மிகுதியான '}' இருக்கிறதா என்றும் பாருங்கள்.",
			"A statement begins with a name, with one of the words for statements, or with '('. Look for one '}' too many as well.",
		},
		Wrong: check("அச்சு 1;\n}\n"),
		Right: check("அச்சு 1;\n"),
	},
	{
		Code: 1013,
		Rule: Text{
			"இங்கே ஒரு மதிப்பு வர வேண்டும்: எண், மேற்கோள் உரை, பெயர், அழைப்பு, […], {…}, அடைப்புக்குள் ஒரு கணக்கு.",
			"A value must stand here: a number, a text, a name, a call, […], {…}, or something in parentheses.",
		},
		Wrong: check("விலை = ;\n"),
		Right: check("விலை = 100;\n"),
	},
	{
		Code: 1014,
		Rule: Text{
			"சில சொற்கள் மொழிக்கே ஒதுக்கப்பட்டவை; அவற்றை மாறி, செயல், புலம் ஆகியவற்றின் பெயராக வைக்க முடியாது. புலமாக வேண்டுமானால் மேற்கோளுக்குள் எழுதலாம்: {\"அட்டை\": 1}.",
			"Some words are reserved for the language and cannot name a variable, function or field. As a field the word can be written in quotes: {\"அட்டை\": 1}.",
		},
		Wrong: check("அட்டை = 5;\n"),
		Right: check("என்_அட்டை = 5;\nபொருள் ப = {\"அட்டை\": 5};\n"),
	},
	{
		Code: 1015,
		Rule: Text{
			"எண், சொல், உரை, ஈர்ம, அணி, பொருள், தரவு, தேதி, பின்னம் ஆகியவை வகைச் சொற்கள்: ஒரு பெயரின் முன் மட்டுமே வரும்.",
			"எண், சொல், உரை, ஈர்ம, அணி, பொருள், தரவு, தேதி, பின்னம் are type words: they stand before a name and never are one.",
		},
		Wrong: check("அச்சு தேதி;\n"),
		Right: check("தேதி நாள் = இன்று();\nஅச்சு நாள்;\n"),
	},
	{
		Code: 1016,
		Rule: Text{
			"அடைப்புக்குள் நிபந்தனை எழுதியபின் 'எனில்' (ஒருமுறை) அல்லது 'சுற்று' (திரும்பத் திரும்ப) வர வேண்டும். அடைப்பு கூற்றின் பகுதி; முழு நிபந்தனையும் அதற்குள் இருக்க வேண்டும்.",
			"After a condition in parentheses comes எனில் (if) or சுற்று (while). The parentheses belong to the statement, so the whole condition stands inside them.",
		},
		Wrong: check("அ = 5;\n(அ > 3) {\n    அச்சு அ;\n}\n"),
		Right: check("அ = 5;\n(அ > 3) எனில் {\n    அச்சு அ;\n}\n"),
	},
	{
		Code: 1017,
		Rule: Text{
			"'இன்றேல்' என்பதன் பின் நேராக '{' வர வேண்டும். இன்னொரு நிபந்தனை தேவையானால் அதை அந்த அடைப்புக்குள் எழுதுங்கள்.",
			"After இன்றேல் (else) comes '{'. Another condition is written inside that block.",
		},
		Wrong: check("அ = 5;\n(அ > 9) எனில் {\n    அச்சு \"பெரிது\";\n} இன்றேல் (அ > 3) எனில் {\n    அச்சு \"நடு\";\n}\n"),
		Right: check("அ = 5;\n(அ > 9) எனில் {\n    அச்சு \"பெரிது\";\n} இன்றேல் {\n    (அ > 3) எனில் {\n        அச்சு \"நடு\";\n    }\n}\n"),
	},
	{
		Code: 1018,
		Rule: Text{
			"ஒவ்வொரு எளிய கூற்றும் ';' கொண்டு முடிய வேண்டும். '}' கொண்டு முடியும் கூற்றுக்கு ';' வேண்டாம்.",
			"Every simple statement ends with ';'. One that ends with '}' takes none.",
		},
		Wrong: check("அச்சு 1\nஅச்சு 2;\n"),
		Right: check("அச்சு 1;\nஅச்சு 2;\n"),
	},
	{
		Code: 1019,
		Rule: Text{
			"திறந்த ஒவ்வொரு '(', '[', '{' உம் மூடப்பட வேண்டும். குறிப்பு எங்கே திறந்தது என்று காட்டுகிறது.",
			"Every '(', '[' and '{' must be closed. The note shows where it was opened.",
		},
		Wrong: check("(மெய்) எனில் {\n    அச்சு 1;\n"),
		Right: check("(மெய்) எனில் {\n    அச்சு 1;\n}\n"),
	},
	{
		Code: 1020,
		Rule: Text{
			"ஒரு மாறியின் உறுப்பையோ புலத்தையோ மட்டுமே நேராக மாற்றலாம். அதற்கும் உள்ளே இருப்பதை எடுத்து, மாற்றி, திரும்ப வையுங்கள்.",
			"Only an element or field of a variable can be assigned. Take out what lies deeper, change it, and put it back.",
		},
		Wrong: check("ஆள் = {முகவரி: {ஊர்: \"மதுரை\"}};\nஆள்.முகவரி.ஊர் = \"திருச்சி\";\n"),
		Right: check("ஆள் = {முகவரி: {ஊர்: \"மதுரை\"}};\nமுகவரி = ஆள்.முகவரி;\nமுகவரி.ஊர் = \"திருச்சி\";\nஆள்.முகவரி = முகவரி;\n"),
	},
	{
		Code: 1021,
		Rule: Text{
			"தனித்து நிற்கும் கணக்கு கூற்று ஆகாது; அதன் விடை எங்கும் சேராது. அதை ஒரு மாறியில் வையுங்கள் அல்லது அச்சிடுங்கள். செயல் அழைப்பு மட்டும் தனித்து நிற்கலாம்.",
			"An expression alone is no statement, for its value goes nowhere: assign it or print it. Only a call may stand alone.",
		},
		Wrong: check("1 + 2;\n"),
		Right: check("அச்சு 1 + 2;\n"),
	},
	{
		Code: 1022,
		Rule: Text{
			"'இறக்கு' என்பதன் பின் கோப்பின் பாதை மேற்கோளுக்குள் நேரடியாக எழுதப்பட வேண்டும்; மாறியோ கணக்கோ வரக் கூடாது.",
			"After இறக்கு (import) stands the path of a file, written in quotes; no variable and no expression.",
		},
		Wrong: check("பாதை = \"உதவி.qmz\";\nஇறக்கு பாதை;\n").with("உதவி.qmz", "அளவு = 1;\n"),
		Right: check("இறக்கு \"உதவி.qmz\";\n").with("உதவி.qmz", "அளவு = 1;\n"),
	},
	{
		Code: 1023,
		Rule: Text{
			"தொகுதி முதலில் இறக்கும் கோப்பின் கோப்புறையிலும், பிறகு ETAMIL_PATH இல் உள்ள கோப்புறைகளிலும், இறுதியாக உள்ளமைந்த நூலகத்திலும் (nUlakam/…) தேடப்படும். பாதை எழுதியபடியே எடுத்துக்கொள்ளப்படும்; .qmz தானாகச் சேராது.",
			"A module is looked for in the folder of the importing file, then in the folders of ETAMIL_PATH, then in the embedded library (nUlakam/…). The path is taken as written; no .qmz is added.",
		},
		Wrong: check("இறக்கு \"உதவி\";\n").with("உதவி.qmz", "அளவு = 1;\n"),
		Right: check("இறக்கு \"உதவி.qmz\";\n").with("உதவி.qmz", "அளவு = 1;\n"),
	},
	{
		Code: 1024,
		Rule: Text{
			"அந்தப் பாதையில் ஏதோ இருக்கிறது, ஆனால் படிக்க முடியவில்லை: அது கோப்புறையாக இருக்கலாம், அல்லது உங்களுக்கு அனுமதி இல்லாமல் இருக்கலாம்.",
			"Something is there and cannot be read: it may be a folder, or you may lack the permission.",
		},
		Wrong: check("இறக்கு \"பகுதிகள்\";\n").with("பகுதிகள்/உதவி.qmz", "அளவு = 1;\n"),
		Right: check("இறக்கு \"பகுதிகள்/உதவி.qmz\";\n").with("பகுதிகள்/உதவி.qmz", "அளவு = 1;\n"),
	},
	{
		Code: 1025,
		Rule: Text{
			"கட்டளை வரியில் கொடுத்த நிரல் கோப்பைப் படிக்க முடியவில்லை. பெயரையும் கோப்புறையையும் சரிபாருங்கள்.",
			"The program file named on the command line cannot be read. Look at its name and folder.",
		},
		Wrong: reading("etamil run கணக்க.qmz"),
		Right: reading("etamil run கணக்கு.qmz"),
	},
	{
		Code: 1026,
		Rule: Text{
			"அடைப்புகளும் தொகுதிகளும் ஒன்றுக்குள் ஒன்றாக 1 000 நிலைகள் வரை இருக்கலாம். அதைவிட ஆழமானவற்றைச் செயல்களாகப் பிரியுங்கள்.",
			"Brackets and blocks may lie in one another up to 1 000 levels deep. Split what is deeper into functions.",
		},
		Wrong: check("அச்சு " + strings.Repeat("(", 1001) + "1" + strings.Repeat(")", 1001) + ";\n").
			short("அச்சு ((( … 1 … ))); // 1 001 அடைப்புகள் / brackets"),
		Right: check("அச்சு (((1)));\n"),
	},
	{
		Code: 1027,
		Rule: Text{
			"ஒரு நிரல் கோப்பு 16 MiB வரை இருக்கலாம். தரவை நிரலில் எழுதாமல் கோப்பிலிருந்தோ தரவுத்தளத்திலிருந்தோ படியுங்கள்.",
			"A source file may have 16 MiB. Read data from a file or database instead of writing it into the program.",
		},
		Wrong: check("// நிரப்பு வரி\n").times(1 << 19).short("(16 MiB-ஐ விடப் பெரிய கோப்பு / a file above 16 MiB)"),
		Right: check("அச்சு 1;\n"),
	},
	{
		Code: 1028,
		Rule: Text{
			"ஒரு பெயரில் 255 எழுத்துகள் வரை இருக்கலாம்.",
			"A name may have 255 letters.",
		},
		Wrong: check(strings.Repeat("அ", 256) + " = 1;\n").short("அஅஅ … = 1; // 256 எழுத்துகள் / letters"),
		Right: check(strings.Repeat("அ", 255) + " = 1;\n").short("அஅஅ … = 1; // 255 எழுத்துகள் / letters"),
	},
	{
		Code: 1029,
		Rule: Text{
			"ஒரு கோப்பில் 20 பிழைகள் மட்டுமே காட்டப்படும். அவற்றைத் திருத்தி மீண்டும் பாருங்கள்; பல தாமாகவே நீங்கிவிடும்.",
			"Of one file 20 errors are shown. Mend those and look again; many of the others go with them.",
		},
		Wrong: check(strings.Repeat("அச்சு ;\n", 25)).short("அச்சு ;\nஅச்சு ;\n…      // 25 முறை / times"),
		Right: check("அச்சு 1;\n"),
	},
	{
		Code: 1031,
		Rule: Text{
			"';' ஒரு கூற்றை முடிக்கும்; தனியாக நிற்காது. '}' என்பதன் பின் அது வேண்டாம்.",
			"';' ends a statement and never stands alone. After '}' there is none.",
		},
		Wrong: check("(மெய்) எனில் {\n    அச்சு 1;\n};\n"),
		Right: check("(மெய்) எனில் {\n    அச்சு 1;\n}\n"),
	},
	{
		Code: 1032,
		Rule: Text{
			"'தளம்_இணை', 'தளம்_பிரி' ஆகியவற்றின் பின் தரவுத்தளத்தின் வகை ஒரு சொல்லாக வரும், மேற்கோள் இல்லாமல்: சீகுலைட், போச்குரசீகுல், மைசீகுல் …",
			"After தளம்_இணை (connect) and தளம்_பிரி (disconnect) stands the kind of database as a word without quotes: சீகுலைட், போச்குரசீகுல், மைசீகுல் …",
		},
		Wrong: check("தளம்_இணை \"SQLite\", \"கடை.db\";\n"),
		Right: check("தளம்_இணை சீகுலைட், \"கடை.db\";\n"),
	},
	{
		Code: 1033,
		Rule: Text{
			"வழியின் முதல் சொல் HTTP முறை: பெறு, பதி, இடு, அழி, ஒட்டு, தெரிவு, தலை, அல்லது GET போன்ற ஆங்கிலப் பெயர்.",
			"The first word of a route is an HTTP method: பெறு (GET), பதி (POST), இடு (PUT), அழி (DELETE), ஒட்டு (PATCH), தெரிவு (OPTIONS), தலை (HEAD), or its name in English letters.",
		},
		Wrong: check("வழி 5, \"/\" {\n    பதில் 200, \"சரி\";\n}\n"),
		Right: check("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n}\n"),
	},
	{
		Code: 1034,
		Rule: Text{
			"வழிகள் நிரல் தொடங்கும் முன்பே தெரிந்திருக்க வேண்டும்; எனவே பாதை மேற்கோளுக்குள் நேரடியாக எழுதப்பட வேண்டும். மாறும் பகுதிக்கு ':பெயர்' எழுதலாம்.",
			"Routes are known before the program starts, so a path is written in quotes. For a part that changes write ':name'.",
		},
		Wrong: check("குறி = \"அ\";\nவழி பெறு, \"/சரக்கு/\" & குறி {\n    பதில் 200, \"சரி\";\n}\n"),
		Right: check("வழி பெறு, \"/சரக்கு/:குறி\" {\n    பதில் 200, path_params[\"குறி\"];\n}\n"),
	},
	{
		Code: 1035,
		Rule: Text{
			"இடைவெளியின் விநாடிகள் நேரடி எண்ணாக எழுதப்பட வேண்டும்; மாறியோ கணக்கோ வரக் கூடாது.",
			"The seconds of a timer are written as a number; no variable and no expression.",
		},
		Wrong: check("இடைவெளி 60 * 5 {\n    அச்சு \"ஐந்து நிமிடங்கள்\";\n}\n"),
		Right: check("இடைவெளி 300 {\n    அச்சு \"ஐந்து நிமிடங்கள்\";\n}\n"),
	},
	{
		Code: 1036,
		Rule: Text{
			"',' இரு உறுப்புகளைப் பிரிக்கும்; கடைசி உறுப்புக்குப் பின் வராது.",
			"',' stands between two elements, never after the last one.",
		},
		Wrong: check("அச்சு [1, 2, 3,];\n"),
		Right: check("அச்சு [1, 2, 3];\n"),
	},
	{
		Code: 1037,
		Rule: Text{
			"எதிர்மறை எண்ணுக்கு '-' முன்னால் வரும்; நேர்மறை எண்ணுக்கு எந்தக் குறியும் வேண்டாம்.",
			"A negative number begins with '-'; a positive one takes no sign.",
		},
		Wrong: check("மாற்றம் = +5;\n"),
		Right: check("மாற்றம் = 5;\n"),
	},
	{
		Code: 1038,
		Rule: Text{
			"'இல்லை' ஒப்பிடுதலைவிடத் தளர்வாகப் பிணையும்: இல்லை அ == ஆ என்பது இல்லை (அ == ஆ). ஒப்பீட்டின் ஒரு பக்கமாக வர அடைப்பு வேண்டும்.",
			"இல்லை (not) binds more loosely than a comparison: இல்லை அ == ஆ means இல்லை (அ == ஆ). To be one side of a comparison it needs parentheses.",
		},
		Wrong: check("அச்சு மெய் == இல்லை பொய்;\n"),
		Right: check("அச்சு மெய் == (இல்லை பொய்);\n"),
	},
	{
		Code: 1039,
		Rule: Text{
			"செயலை அதன் பெயரால் மட்டுமே அழைக்கலாம். செயல்கள் மதிப்புகள் அல்ல; மாறியிலோ புலத்திலோ வைக்க முடியாது.",
			"A function is called by its name only. Functions are no values; they cannot be kept in a variable or field.",
		},
		Wrong: check("செயல் எண்ணிக்கை() {\n    திரும்பு 1;\n}\nஅச்சு எண்ணிக்கை()();\n"),
		Right: check("செயல் எண்ணிக்கை() {\n    திரும்பு 1;\n}\nஅச்சு எண்ணிக்கை();\n"),
	},
	{
		Code: 1040,
		Rule: Text{
			"'=' ஒரு மதிப்பை மாறியில் இடும்; இரு மதிப்புகளை ஒப்பிட '==' எழுத வேண்டும்.",
			"'=' puts a value into a variable; '==' compares two values.",
		},
		Wrong: check("அ = 5;\n(அ = 5) எனில் {\n    அச்சு \"ஐந்து\";\n}\n"),
		Right: check("அ = 5;\n(அ == 5) எனில் {\n    அச்சு \"ஐந்து\";\n}\n"),
	},
	{
		Code: 1041,
		Rule: Text{
			"தனித்து நிற்கும் அழைப்பின் பின் ';' மட்டுமே வரலாம். அதன் மதிப்பில் '?', '[…]', '.' ஆகியவற்றைப் பயன்படுத்த முதலில் ஒரு மாறிக்குத் தாருங்கள்.",
			"After a call that stands alone only ';' may come. To use '?', '[…]' or '.' on its value, give it to a variable.",
		},
		Wrong: check("செயல் சேமி_எல்லாம்() {\n    திரும்பு சரி(1);\n}\nசேமி_எல்லாம்()?;\n"),
		Right: check("செயல் சேமி_எல்லாம்() {\n    திரும்பு சரி(1);\n}\nவிடை = சேமி_எல்லாம்()?;\n"),
	},
	{
		Code: 1042,
		Rule: Text{
			"எண் 0–9 இலக்கங்களும் ஒரு புள்ளியும் மட்டும் கொண்டது: 1000, 12.50, 18%. ஆயிரப் பிரிப்பு, அலகு, அடுக்குக் குறி ஆகியவை வராது.",
			"A number has the digits 0–9 and one point: 1000, 12.50, 18%. No grouping, no unit and no exponent.",
		},
		Wrong: check("அச்சு 1_000;\n"),
		Right: check("அச்சு 1000;\n"),
	},
	{
		Code: 1043,
		Rule: Text{
			"இடைவெளி ஒரு விநாடி முதல் ஓர் ஆண்டு (31 536 000 விநாடிகள்) வரை இருக்கலாம்.",
			"A timer may wait from one second to a year (31 536 000 seconds).",
		},
		Wrong: check("இடைவெளி 0 {\n    அச்சு \"மணி\";\n}\n"),
		Right: check("இடைவெளி 1 {\n    அச்சு \"மணி\";\n}\n"),
	},
}
