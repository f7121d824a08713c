package diag

var explainCheck = []Explanation{
	{
		Code: 2003,
		Rule: Text{
			"வகைச் சொல்லுடன் அறிவித்த மாறிக்கு அந்த வகை மதிப்பே தர வேண்டும். 'சொல்', 'உரை', 'தேதி' ஆகியவை எண்ணையும் ஏற்கும். நிரலைப் படித்தே தெரியும் மதிப்புகள் மட்டும் சரிபார்க்கப்படும்; செயலிலிருந்து வருவது அல்ல.",
			"A variable declared with a type word must be given that kind. சொல், உரை (text) and தேதி (date) take numbers too. Only what the text of the program tells is checked, not what a function returns.",
		},
		Wrong: check("எண் வயது = \"இருபது\";\n"),
		Right: check("எண் வயது = 20;\n"),
	},
	{
		Code: 2004,
		Rule: Text{
			"ஒருமுறை வகையுடன் அறிவித்த மாறி, அதன் பின் வரும் எல்லா இடங்களிலும் அந்த வகையைக் கொண்டது. வேறு வகை தேவையானால் புதிய வகைச் சொல்லுடன் மீண்டும் அறிவியுங்கள், அல்லது வேறு பெயர் வையுங்கள்.",
			"A variable that was declared keeps its type in all the text after it. For another kind declare it again with another type word, or use another name.",
		},
		Wrong: check("எண் வயது = 20;\nவயது = \"இருபது\";\n"),
		Right: check("எண் வயது = 20;\nவயது = 21;\nசொல் வயது_உரை = \"இருபது\";\n"),
	},
	{
		Code: 2005,
		Rule: Text{
			"மதிப்பு இல்லாமல் அறிவித்த மாறி 0 ஆகும். எண், சொல், தேதி ஆகியவற்றுக்கு அது பொருந்தும்; ஈர்ம, அணி, பொருள் ஆகியவற்றுக்குத் தொடக்க மதிப்பு எழுத வேண்டும்.",
			"A variable declared without a value becomes 0. That fits a number, text or date; a boolean, array or record needs its first value written.",
		},
		Wrong: check("அணி பட்டியல்;\n"),
		Right: check("அணி பட்டியல் = [];\n"),
	},
	{
		Code: 2101,
		Rule: Text{
			"அழைக்கும் செயல் நிரலிலும், இறக்கிய தொகுதிகளிலும், மொழியிலும் இல்லை. பெயரின் எழுத்துகளைச் சரிபாருங்கள்; நூலகத்தின் செயலானால் அதன் தொகுதியை இறக்குங்கள். நிரல் இந்த இடத்துக்கு வந்தால் ET4004.",
			"The function is neither in the program, nor in an imported module, nor built in. Look at the spelling; a function of the library needs its module imported. When the program comes to this place it is ET4004.",
		},
		Wrong: check("அச்சு நீளமம்(\"வணக்கம்\");\n"),
		Right: check("அச்சு நீளம்(\"வணக்கம்\");\n"),
	},
	{
		Code: 2102,
		Rule: Text{
			"ஒரு செயலுக்கு அதன் வரையறையில் உள்ள அத்தனை அளவுருக்களையே தர வேண்டும், கூடவோ குறையவோ அல்ல. நிரல் இந்த இடத்துக்கு வந்தால் ET4005.",
			"A function is given exactly as many arguments as it has parameters. When the program comes to this place it is ET4005.",
		},
		Wrong: check("செயல் பரப்பு(நீட்டல், அகலம்) {\n    திரும்பு நீட்டல் * அகலம்;\n}\nஅச்சு பரப்பு(5);\n"),
		Right: check("செயல் பரப்பு(நீட்டல், அகலம்) {\n    திரும்பு நீட்டல் * அகலம்;\n}\nஅச்சு பரப்பு(5, 3);\n"),
	},
	{
		Code: 2103,
		Rule: Text{
			"இந்தப் பெயருக்கு நிரலில் எங்கும் மதிப்பு தரப்படவில்லை: ஒதுக்கீடு, அளவுரு, 'ஒவ்வொரு', 'உள்ளிடு', கோப்பு அல்லது தளக் கூற்று எதுவும் இல்லை. பெரும்பாலும் எழுத்துப் பிழை. நிரல் இந்த இடத்துக்கு வந்தால் ET4003.",
			"Nothing in the program gives this name a value: no assignment, parameter, loop, input, file or query. Most often it is a slip of spelling. When the program comes to this place it is ET4003.",
		},
		Wrong: check("மொத்தம் = 5;\nஅச்சு மெத்தம்;\n"),
		Right: check("மொத்தம் = 5;\nஅச்சு மொத்தம்;\n"),
	},
	{
		Code: 2104,
		Rule: Text{
			"+ - * / இரு பக்கங்களையும் எண்ணாக மாற்றும்; எண்ணாகப் படிக்க முடியாதது 0 ஆகும். உரைகளை இணைக்க '&' எழுதுங்கள்.",
			"+ - * / turn both sides into numbers, and what does not read as one counts as 0. Texts are joined with '&'.",
		},
		Wrong: check("அச்சு \"விலை: \" + 5;\n"),
		Right: check("அச்சு \"விலை: \" & 5;\n"),
	},
	{
		Code: 2105,
		Rule: Text{
			"அணியிலும் உரையிலும் இடம் 0 முதல் எண்ணப்படும் எண். வேறு எதுவும் எண்ணாக மாற்றப்படும்; எண்ணாகப் படிக்க முடியாதது 0 ஆகி முதல் உறுப்பைத் தரும். பெயரால் எடுக்கப் பொருள் வேண்டும்.",
			"A place in an array or text is a number, counted from 0. Anything else is turned into one; what does not read as a number becomes 0 and gives the first element. To take something by a name use a record.",
		},
		Wrong: check("அணி ஊர்கள் = [\"மதுரை\", \"கோவை\"];\nஅச்சு ஊர்கள்[\"கோவை\"];\n"),
		Right: check("அணி ஊர்கள் = [\"மதுரை\", \"கோவை\"];\nஅச்சு ஊர்கள்[1];\n"),
	},
	{
		Code: 2106,
		Rule: Text{
			"ஒரு பொருளில் ஒரு புலம் ஒருமுறையே இருக்கும். மீண்டும் எழுதினால் முதல் மதிப்பு நிலைக்கும்; மற்றவை கணக்கிடப்பட்டு விடப்படும்.",
			"A record has a field once. When it is written again the first value counts; the others are worked out and dropped.",
		},
		Wrong: check("ஆள் = {பெயர்: \"மலர்\", பெயர்: \"கயல்\"};\n"),
		Right: check("ஆள் = {பெயர்: \"மலர்\", மகள்: \"கயல்\"};\n"),
	},
	{
		Code: 2107,
		Rule: Text{
			"ஒரே பெயரில் இரு அளவுருக்கள் இருந்தால் முதலாவதன் மதிப்பே கிடைக்கும்; இரண்டாவதைப் பெற வழியில்லை.",
			"Of two parameters with one name the first one's value is seen; there is no way to reach the second.",
		},
		Wrong: check("செயல் கூட்டல்(அ, அ) {\n    திரும்பு அ + அ;\n}\n"),
		Right: check("செயல் கூட்டல்(அ, ஆ) {\n    திரும்பு அ + ஆ;\n}\n"),
	},
	{
		Code: 2108,
		Rule: Text{
			"வகைச் சொல் ஒரு மாறியை அறிவிக்கும் கூற்றின் முன் மட்டுமே பொருள் தரும்: எண் அ = 5; அல்லது எண் அ;. வேறு கூற்றுகளின் முன் அதற்கு விளைவு இல்லை.",
			"A type word means something only before a declaration: எண் அ = 5; or எண் அ;. Before any other statement it has no effect.",
		},
		Wrong: check("எண் அச்சு 5;\n"),
		Right: check("அச்சு 5;\n"),
	},
	{
		Code: 2109,
		Rule: Text{
			"பெயரும் ';' உம் மட்டும் கொண்ட கூற்று அந்த மாறியை 0 ஆக்கும், முன்பு மதிப்பு இருந்தாலும். வேண்டுமென்றே செய்வதானால் '= 0' என்று எழுதுங்கள்.",
			"A name and ';' alone set the variable to 0, even if it had a value. If that is meant, write '= 0'.",
		},
		Wrong: check("மொத்தம் = 5;\nமொத்தம்;\nஅச்சு மொத்தம்;\n"),
		Right: check("மொத்தம் = 5;\nமொத்தம் = 0;\nஅச்சு மொத்தம்;\n"),
	},
	{
		Code: 2110,
		Rule: Text{
			"சில கூற்றுகள் சில இடங்களில் இயங்காது: தொகுதிக்குள் 'வழி', 'இடைவெளி', 'இறக்கு'; எங்கும் 'தளம்_செருக', 'தேர்வெடு', 'ஜேசான்_உரை', 'வழங்கி_தொடங்கு' போன்றவை. நிரல் அங்கே வந்தால் பிழை.",
			"Some statements cannot run in some places: வழி, இடைவெளி and இறக்கு inside a block; தளம்_செருக, தேர்வெடு, ஜேசான்_உரை, வழங்கி_தொடங்கு and their like anywhere. When the program comes there it is an error.",
		},
		Wrong: check("(மெய்) எனில் {\n    வழி பெறு, \"/\" {\n        பதில் 200, \"சரி\";\n    }\n}\n"),
		Right: check("வழி பெறு, \"/\" {\n    பதில் 200, \"சரி\";\n}\n"),
	},
	{
		Code: 2111,
		Rule: Text{
			"சில தமிழ் எழுத்துகளை இரு விதமாகத் தட்டலாம்: 'ொ' ஒரே குறியாகவோ, 'ெ' + 'ா' என இரு குறிகளாகவோ. பார்க்க ஒன்றே; மொழிக்கு அவை வேறு பெயர்கள். ஒன்றைத் திரும்பத் தட்டுங்கள்.",
			"Some Tamil letters can be typed in two ways: 'ொ' as one code point, or as 'ெ' and 'ா'. They look the same, and for the language they are two names. Type one of them again.",
		},
		Wrong: check("கொடை = 5;\nஅச்சு க\u0BC6\u0BBEடை;\n"),
		Right: check("கொடை = 5;\nஅச்சு கொடை;\n"),
	},
	{
		Code: 2112,
		Rule: Text{
			`மேற்கோள் உரையில் \n \t \r \" \\ ஆகியவை மட்டுமே விடுபடுகுறிகள். மற்றவை இரு குறிகளாக அப்படியே இருக்கும். '\' வேண்டுமானால் '\\' என்று எழுதுங்கள்.`,
			`In a text only \n \t \r \" \\ are escapes; of others both characters are kept. For a '\' write '\\'.`,
		},
		Wrong: check("அச்சு \"C:\\data\";\n"),
		Right: check("அச்சு \"C:\\\\data\";\n"),
	},
	{
		Code: 2113,
		Rule: Text{
			"'உள்ளிடு' ஒரு வரியைப் படித்து அதன் பின் வரும் மாறியில் வைக்கும். வேறு எதுவும் இருந்தால் வரி படிக்கப்பட்டு விடப்படும்.",
			"உள்ளிடு (input) reads a line into the variable after it. With anything else there, the line is read and dropped.",
		},
		Wrong: check("உள்ளிடு \"பெயர்?\";\n"),
		Right: check("அச்சு \"பெயர்?\";\nஉள்ளிடு பெயர்;\n"),
	},
	{
		Code: 2114,
		Rule: Text{
			"ஒரே பெயரில் பல செயல்கள் இருந்தால், முழு நிரலிலும் (இறக்கிய தொகுதிகளுடன்) கடைசியானதே எல்லா அழைப்புகளுக்கும் நிலைக்கும். நூலகத்தின் செயலை உங்கள் செயல் மாற்றினாலும் இந்த எச்சரிக்கை வரும்.",
			"Of several functions with one name the last one of the whole program, imported modules included, counts for every call. You are also told when your function replaces one of the library.",
		},
		Wrong: check("செயல் வாழ்த்து() {\n    திரும்பு \"வணக்கம்\";\n}\nசெயல் வாழ்த்து() {\n    திரும்பு \"நன்றி\";\n}\n"),
		Right: check("செயல் வாழ்த்து() {\n    திரும்பு \"வணக்கம்\";\n}\nசெயல் நன்றி_உரை() {\n    திரும்பு \"நன்றி\";\n}\n"),
	},
	{
		Code: 2115,
		Rule: Text{
			"'==' ஒரே வகை மதிப்புகளுக்கு இடையே மட்டுமே மெய் ஆகும். 5 == \"5\" எப்போதும் பொய். உரையை எண்ணாக்க 'எண்ணாக்கு' அல்லது எண்ணை உரையாக்க 'சொல்லாக்கு' பயன்படுத்துங்கள்.",
			"'==' is true only between values of one kind; 5 == \"5\" is always false. Turn the text into a number with எண்ணாக்கு, or the number into a text with சொல்லாக்கு.",
		},
		Wrong: check("எண் வயது = 5;\nஅச்சு வயது == \"5\";\n"),
		Right: check("எண் வயது = 5;\nஅச்சு சொல்லாக்கு(வயது) == \"5\";\n"),
	},
	{
		Code: 2116,
		Rule: Text{
			"'திரும்பு' ஒரு செயலை முடித்து மதிப்பைத் தரும். செயலுக்கு வெளியே (வழி, இடைவெளிக்குள்ளும்) அது இயங்கினால் பிழை ET4007. நிரலை முடிக்க 'வெளியேறு(0)' உள்ளது.",
			"திரும்பு (return) ends a function and gives its value. Outside of one, in a route or timer too, it is error ET4007 when it runs. To end the program there is வெளியேறு(0).",
		},
		Wrong: check("அச்சு 1;\nதிரும்பு 0;\n"),
		Right: check("அச்சு 1;\nவெளியேறு(0);\n"),
	},
	{
		Code: 2117,
		Rule: Text{
			"'திரும்பு' செயலை அங்கேயே முடிக்கிறது; அதே தொகுதியில் அதன் பின் உள்ளவை ஒருபோதும் இயங்காது.",
			"திரும்பு (return) ends the function there; what follows it in the same block never runs.",
		},
		Wrong: check("செயல் இரட்டை(அ) {\n    திரும்பு அ * 2;\n    அச்சு \"முடிந்தது\";\n}\n"),
		Right: check("செயல் இரட்டை(அ) {\n    அச்சு \"தொடங்கியது\";\n    திரும்பு அ * 2;\n}\n"),
	},
	{
		Code: 2118,
		Rule: Text{
			"உங்கள் செயலின் பெயர் மொழியில் உள்ள ஒரு செயலின் பெயர். அதே எழுத்துகளில் அழைத்தால் உங்களுடையதே இயங்கும்; மொழியின் செயலை அதன் வேறு எழுத்துவடிவில் மட்டுமே அழைக்க முடியும்.",
			"Your function has the name of a builtin. A call in that spelling runs yours; the builtin is reached only in another of its spellings.",
		},
		Wrong: check("செயல் நீளம்(அ) {\n    திரும்பு 0;\n}\n"),
		Right: check("செயல் என்_நீளம்(அ) {\n    திரும்பு 0;\n}\n"),
	},
	{
		Code: 2119,
		Rule: Text{
			"கோப்பு முறையாக read, write, append ஆகியவையே உள்ளன; அவற்றில் write கோப்பைக் காலியாக்கும். வேறு சொல்லுக்கு விளைவு இல்லை. மதிப்புள்ள மாறியானால் அதன் மதிப்பு எடுத்துக்கொள்ளப்படும்.",
			"The modes of a file are read, write and append; write empties the file. Another word does nothing. Of a variable with a value, the value is taken.",
		},
		Wrong: check("கோப்பு_திற \"பதிவு.txt\", wirte;\n"),
		Right: check("கோப்பு_திற \"பதிவு.txt\", write;\n"),
	},
	{
		Code: 2120,
		Rule: Text{
			"18% என்பது 0.18. நூற்றுக்கு எவ்வளவு என்று கேட்கும் நூலகச் செயலுக்கு 18% தந்தால் அது நூறில் ஒரு பங்காகக் குறையும். '%' இல்லாமல் 18 என்று எழுதுங்கள்.",
			"18% is 0.18. A function of the library that asks for a rate out of a hundred would take a hundredth of what you mean. Write 18, without '%'.",
		},
		Wrong: check("இறக்கு \"nUlakam/kaNiqam.qmz\";\nஅச்சு சதவீதம்(1000, 18%);\n"),
		Right: check("இறக்கு \"nUlakam/kaNiqam.qmz\";\nஅச்சு சதவீதம்(1000, 18);\n"),
	},
	{
		Code: 2121,
		Rule: Text{
			"இந்தச் செயல் நூலகத்தின் உள் வேலைக்கானது; இப்போது இல்லை, அந்தப் பெயர் உங்களுக்குக் கிடைக்கும். அதே வேலையைச் செய்யும் பொதுச் செயலைப் பயன்படுத்துங்கள்.",
			"The function did the library's inner work and is no longer there; its name is free. Use the public function that does the same.",
		},
		Wrong: check("இறக்கு \"nUlakam/jEcAZ.qmz\";\nஅச்சு ஜே_எண்(\"5\", 0);\n"),
		Right: check("இறக்கு \"nUlakam/jEcAZ.qmz\";\nஅச்சு ஜேசான்_படி(\"5\");\n"),
	},
	{
		Code: 2122,
		Rule: Text{
			"வழியின் பாதை '?' வரை உள்ள பகுதியோடு மட்டுமே ஒப்பிடப்படும். '?' பின் வருபவை query_params என்ற பொருளில் கிடைக்கும்; '#' வழங்கிக்கு வருவதே இல்லை.",
			"A path is compared with what comes before the '?' of a request. What follows it is in the record query_params; a '#' never reaches a server.",
		},
		Wrong: check("வழி பெறு, \"/தேடல்?சொல்\" {\n    பதில் 200, \"சரி\";\n}\n"),
		Right: check("வழி பெறு, \"/தேடல்\" {\n    பதில் 200, query_params[\"சொல்\"];\n}\n"),
	},
	{
		Code: 2123,
		Rule: Text{
			"':பெயர்' என்ற பகுதி எதனோடும் பொருந்தி அந்தப் பெயரில் மதிப்பைத் தரும். ஒவ்வொன்றுக்கும் தனிப் பெயர் வேண்டும்; ஒரே பெயரானால் பின்னதன் மதிப்பே கிடைக்கும்.",
			"A piece ':name' matches anything and gives it under that name. Each needs a name of its own; of two with one name the later one's value is seen.",
		},
		Wrong: check("வழி பெறு, \"/:ஆண்டு/:ஆண்டு\" {\n    பதில் 200, \"சரி\";\n}\n"),
		Right: check("வழி பெறு, \"/:ஆண்டு/:மாதம்\" {\n    பதில் 200, \"சரி\";\n}\n"),
	},
	{
		Code: 2124,
		Rule: Text{
			"ஒரே முறைக்கு, ஒரே வடிவில் இரு பாதைகள் இருந்தால் பின்னதே நிலைக்கும். ':அ' உம் ':ஆ' உம் ஒரே வடிவம்; '/அ' உம் '/அ/' உம் அப்படியே.",
			"Of two paths of one method and shape the later one counts. ':a' and ':b' have the same shape, and so have '/a' and '/a/'.",
		},
		Wrong: check("வழி பெறு, \"/ஆள்/:குறி\" {\n    பதில் 200, \"அ\";\n}\nவழி பெறு, \"/ஆள்/:பெயர்\" {\n    பதில் 200, \"ஆ\";\n}\n"),
		Right: check("வழி பெறு, \"/ஆள்/:குறி\" {\n    பதில் 200, \"அ\";\n}\nவழி பெறு, \"/ஊர்/:பெயர்\" {\n    பதில் 200, \"ஆ\";\n}\n"),
	},
	{
		Code: 2125,
		Rule: Text{
			"இடைவெளி முழு விநாடிகளில் எண்ணப்படும்; பின்னம் வெட்டப்படும்.",
			"A timer counts whole seconds; a fraction is cut off.",
		},
		Wrong: check("இடைவெளி 1.5 {\n    அச்சு \"மணி\";\n}\n"),
		Right: check("இடைவெளி 2 {\n    அச்சு \"மணி\";\n}\n"),
	},
}
