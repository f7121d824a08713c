package token

// A Spelling is one word in the three ways it may be written. English is ""
// where a word has no English alias. All that are there mean the same token.
type Spelling struct {
	Tamil, Roman, English string
}

// A Script picks one of the spellings of a word.
type Script uint8

const (
	Tamil Script = iota
	Roman
	English
)

// In returns the spelling in that script; the romanized one where a word has
// no English alias.
func (s Spelling) In(script Script) string {
	switch {
	case script == Tamil:
		return s.Tamil
	case script == English && s.English != "":
		return s.English
	}
	return s.Roman
}

// A Role is the part that a keyword plays in the grammar.
type Role uint8

const (
	RoleNone      Role = iota // no keyword
	RoleStatement             // starts a statement that runs
	RoleUnrun                 // starts a statement that parses and is a run-time error when reached
	RoleClause                // stands inside a statement
	RoleOperator              // மற்றும் அல்லது இல்லை
	RoleLiteral               // மெய் பொய் இன்மை
	RoleType                  // a type word
	RoleMethod                // an HTTP method, after Route only
	RoleDBKind                // a kind of database, after DBConnect and DBDisconnect only
	RoleReserved              // no grammar, and no name either
	RoleName                  // no grammar: a name like any identifier
)

var roleNames = [...]string{
	RoleNone: "", RoleStatement: "statement", RoleUnrun: "statement-unrun", RoleClause: "clause",
	RoleOperator: "operator", RoleLiteral: "literal", RoleType: "type", RoleMethod: "method",
	RoleDBKind: "db-kind", RoleReserved: "reserved", RoleName: "name",
}

// String returns the word for r that the language reference uses.
func (r Role) String() string { return roleNames[r] }

// A Keyword is one row of the keyword table.
type Keyword struct {
	// Name is the stable English name: for code, JSON and documentation; it
	// cannot be written in a program.
	Name string
	Spelling
	// Category groups the words for readers: "financial", "type", "literal",
	// "declaration", "control", "statement", "file", "database", "http",
	// "security", "operator".
	Category string
	Role     Role
}

// Nameable reports whether the word may be used as a name like any
// identifier. The spelling written is then the name.
func (w *Keyword) Nameable() bool { return w.Role == RoleName }

// keywords holds the 202 keywords, each at the index of its kind.
var keywords = [...]Keyword{

	// Statements that run.
	Print:        {"print", Spelling{"அச்சு", "accu", ""}, "statement", RoleStatement},
	Input:        {"input", Spelling{"உள்ளிடு", "uLLitu", ""}, "statement", RoleStatement},
	Function:     {"function", Spelling{"செயல்", "ceyal", "_fn"}, "declaration", RoleStatement},
	Return:       {"return", Spelling{"திரும்பு", "qirumpu", "_return"}, "control", RoleStatement},
	ForEach:      {"for_each", Spelling{"ஒவ்வொரு", "ovvoru", "_each"}, "control", RoleStatement},
	Import:       {"import", Spelling{"இறக்கு", "iRakku", "_import"}, "declaration", RoleStatement},
	FileOpen:     {"file_open", Spelling{"கோப்பு_திற", "kOppu_qiRa", "_fileOpen"}, "file", RoleStatement},
	FileClose:    {"file_close", Spelling{"கோப்பு_மூடு", "kOppu_mUtu", "_fileClose"}, "file", RoleStatement},
	FileRead:     {"file_read", Spelling{"கோப்பு_படி", "kOppu_pati", "_fileRead"}, "file", RoleStatement},
	FileWrite:    {"file_write", Spelling{"கோப்பு_எழுது", "kOppu_ezuqu", "_fileWrite"}, "file", RoleStatement},
	CSVRead:      {"csv_read", Spelling{"தரவுரை_படி", "qaravurY_pati", "_readCSV"}, "file", RoleStatement},
	CSVWrite:     {"csv_write", Spelling{"தரவுரை_எழுது", "qaravurY_ezuqu", "_writeCSV"}, "file", RoleStatement},
	DBConnect:    {"db_connect", Spelling{"தளம்_இணை", "qaLam_iNY", "_dbConnect"}, "database", RoleStatement},
	DBDisconnect: {"db_disconnect", Spelling{"தளம்_பிரி", "qaLam_piri", "_dbDisconnect"}, "database", RoleStatement},
	DBQuery:      {"db_query", Spelling{"தளம்_வினா", "qaLam_viZA", "_dbQuery"}, "database", RoleStatement},
	DBExecute:    {"db_execute", Spelling{"தளம்_செய்", "qaLam_cey", "_dbExecute"}, "database", RoleStatement},
	Route:        {"route", Spelling{"வழி", "vazhi", "_route"}, "http", RoleStatement},
	Schedule:     {"schedule", Spelling{"இடைவெளி", "itYveLi", "_every"}, "http", RoleStatement},
	Respond:      {"respond", Spelling{"பதில்", "paDil", "_response"}, "http", RoleStatement},

	// Statements that parse and cannot run.
	DBInsert:    {"db_insert", Spelling{"தளம்_செருக", "qaLam_ceruka", "_dbInsert"}, "database", RoleUnrun},
	DBUpdate:    {"db_update", Spelling{"தளம்_புதுப்பி", "qaLam_puquppi", "_dbUpdate"}, "database", RoleUnrun},
	DBDelete:    {"db_delete", Spelling{"தளம்_நீக்கு", "qaLam_nIkku", "_dbDelete"}, "database", RoleUnrun},
	CreateTable: {"create_table", Spelling{"அட்டை_ஆக்கு", "attY_Akku", "_createTable"}, "database", RoleUnrun},
	Select:      {"select", Spelling{"தேர்வெடு", "qErvetu", "_select"}, "database", RoleUnrun},
	RespondJSON: {"respond_json", Spelling{"ஜேசான்_உரை", "jEcAZ_urY", "_jsonBody"}, "http", RoleUnrun},
	StartServer: {"start_server", Spelling{"வழங்கி_தொடங்கு", "vazawki_toqotawku", "_startServer"}, "http", RoleUnrun},
	StopServer:  {"stop_server", Spelling{"வழங்கி_நிறுத்து", "vazawki_niRuqqu", "_stopServer"}, "http", RoleUnrun},

	// Words inside a statement.
	If:    {"if", Spelling{"எனில்", "eZil", ""}, "control", RoleClause},
	Else:  {"else", Spelling{"இன்றேல்", "iZREl", ""}, "control", RoleClause},
	Loop:  {"loop", Spelling{"சுற்று", "cuRRu", ""}, "control", RoleClause},
	In:    {"in", Spelling{"இல்", "il", "_in"}, "control", RoleClause},
	From:  {"from", Spelling{"இதனில்", "iqaZil", "_from"}, "database", RoleClause},
	Where: {"where", Spelling{"விதி", "viqi", "_where"}, "database", RoleClause},

	// Operators.
	And: {"and", Spelling{"மற்றும்", "maRRum", "_and"}, "operator", RoleOperator},
	Or:  {"or", Spelling{"அல்லது", "allaqu", "_or"}, "operator", RoleOperator},
	Not: {"not", Spelling{"இல்லை", "illY", "_not"}, "operator", RoleOperator},

	// Literals.
	True:  {"true", Spelling{"மெய்", "mey", ""}, "literal", RoleLiteral},
	False: {"false", Spelling{"பொய்", "poy", ""}, "literal", RoleLiteral},
	Null:  {"null", Spelling{"இன்மை", "iZmY", ""}, "literal", RoleLiteral},

	// Type words.
	TypeNumber:   {"type_number", Spelling{"எண்", "eN", ""}, "type", RoleType},
	TypeFraction: {"type_fraction", Spelling{"பின்னம்", "piZZam", ""}, "type", RoleType},
	TypeString:   {"type_string", Spelling{"சொல்", "col", ""}, "type", RoleType},
	TypeBoolean:  {"type_boolean", Spelling{"ஈர்ம", "Irma", ""}, "type", RoleType},
	TypeText:     {"type_text", Spelling{"உரை", "urY", ""}, "type", RoleType},
	TypeArray:    {"type_array", Spelling{"அணி", "aNi", ""}, "type", RoleType},
	TypeData:     {"type_data", Spelling{"தரவு", "qaravu", ""}, "type", RoleType},
	TypeRecord:   {"type_record", Spelling{"பொருள்", "poruL", ""}, "type", RoleType},
	TypeDate:     {"type_date", Spelling{"தேதி", "qEqi", ""}, "type", RoleType},

	// HTTP methods, after Route only.
	MethodGet:     {"method_get", Spelling{"பெறு", "peRu", "_get"}, "http", RoleMethod},
	MethodPost:    {"method_post", Spelling{"பதி", "paqi", "_post"}, "http", RoleMethod},
	MethodPut:     {"method_put", Spelling{"இடு", "itu", "_put"}, "http", RoleMethod},
	MethodDelete:  {"method_delete", Spelling{"அழி", "azi", "_delete"}, "http", RoleMethod},
	MethodPatch:   {"method_patch", Spelling{"ஒட்டு", "ottu", "_patch"}, "http", RoleMethod},
	MethodOptions: {"method_options", Spelling{"தெரிவு", "qerivu", "_options"}, "http", RoleMethod},
	MethodHead:    {"method_head", Spelling{"தலை", "talY", "_head"}, "http", RoleMethod},

	// Kinds of database, after DBConnect and DBDisconnect only.
	KindSQL:        {"kind_sql", Spelling{"கவி_மொழி", "kavi_mozi", "_SQL"}, "database", RoleDBKind},
	KindNoSQL:      {"kind_nosql", Spelling{"தேடு_மொழி", "qEtu_mozi", "_NoSQL"}, "database", RoleDBKind},
	KindSQLite:     {"kind_sqlite", Spelling{"சீகுலைட்", "cIkulYt", "_SQLite"}, "database", RoleDBKind},
	KindMySQL:      {"kind_mysql", Spelling{"மைசீகுல்", "mYcIkul", "_MySQL"}, "database", RoleDBKind},
	KindPostgreSQL: {"kind_postgresql", Spelling{"போச்குரசீகுல்", "pOckuracIkul", "_PostgreSQL"}, "database", RoleDBKind},
	KindMongoDB:    {"kind_mongodb", Spelling{"மாங்கோடிபி", "mAwkOtipi", "_MongoDB"}, "database", RoleDBKind},
	KindRedis:      {"kind_redis", Spelling{"ரெடிஸ்", "retis", "_Redis"}, "database", RoleDBKind},
	KindJSON:       {"kind_json", Spelling{"ஜேசான்", "jEcAZ", "_JSON"}, "database", RoleDBKind},

	// Reserved words that name a builtin where a call stands.
	Encrypt:       {"encrypt", Spelling{"மறை", "maRY", "_encrypt"}, "security", RoleReserved},
	Decrypt:       {"decrypt", Spelling{"வெளிப்படு", "veLippatu", "_decrypt"}, "security", RoleReserved},
	EncryptionKey: {"encryption_key", Spelling{"மறை_விசை", "maRY_vicY", "_encryptionKey"}, "security", RoleReserved},

	// Reserved words without any grammar. From here on a row has no constant:
	// its kind is its place.
	{"file", Spelling{"கோப்பு", "kOppu", "_file"}, "file", RoleReserved},
	{"csv", Spelling{"தரவுரை", "qaravurY", "_CSV"}, "file", RoleReserved},
	{"read", Spelling{"படி", "pati", "_read"}, "file", RoleReserved},
	{"write", Spelling{"எழுது", "ezuqu", "_write"}, "file", RoleReserved},
	{"open", Spelling{"திற", "qiRa", "_open"}, "file", RoleReserved},
	{"close", Spelling{"மூடு", "mUtu", "_close"}, "file", RoleReserved},
	{"database", Spelling{"தரவுதளம்", "qaravuqaLam", "_database"}, "database", RoleReserved},
	{"db_search", Spelling{"தளம்_தேடு", "qaLam_qEtu", "_dbSearch"}, "database", RoleReserved},
	{"table", Spelling{"அட்டை", "attY", "_table"}, "database", RoleReserved},
	{"collection", Spelling{"தொகுப்பு", "toguippu", "_collection"}, "database", RoleReserved},
	{"row", Spelling{"நிரை", "nirY", "_row"}, "database", RoleReserved},
	{"column", Spelling{"பத்தி", "paqqi", "_column"}, "database", RoleReserved},
	{"key", Spelling{"விசை", "vicY", "_key"}, "database", RoleReserved},
	{"primary_key", Spelling{"தனிக_விசை", "taZik_vicY", "_primaryKey"}, "database", RoleReserved},
	{"foreign_key", Spelling{"வெளி_விசை", "veLi_vicY", "_foreignKey"}, "database", RoleReserved},
	{"index", Spelling{"குறியீடு", "kuRiyItu", "_index"}, "database", RoleReserved},
	{"alter_table", Spelling{"அட்டை_மாற்று", "attY_mARRu", "_alterTable"}, "database", RoleReserved},
	{"drop_table", Spelling{"அட்டை_நீக்கு", "attY_nIkku", "_dropTable"}, "database", RoleReserved},
	{"order_by", Spelling{"வரிசை", "varicY", "_orderBy"}, "database", RoleReserved},
	{"group_by", Spelling{"குழு", "kuzu", "_groupBy"}, "database", RoleReserved},
	{"join", Spelling{"சேர்", "cEr", "_join"}, "database", RoleReserved},
	{"left", Spelling{"இடம்", "itam", "_left"}, "database", RoleReserved},
	{"right", Spelling{"வலம்", "valam", "_right"}, "database", RoleReserved},
	{"inner", Spelling{"உள்", "uL", "_inner"}, "database", RoleReserved},
	{"outer", Spelling{"வெளி", "veLi", "_outer"}, "database", RoleReserved},
	{"distinct", Spelling{"தனிக", "qaZika", "_distinct"}, "database", RoleReserved},
	{"limit", Spelling{"வரம்பு", "varampu", "_limit"}, "database", RoleReserved},
	{"offset", Spelling{"ஈடு", "Itu", "_offset"}, "database", RoleReserved},
	{"api", Spelling{"தள_இடை", "qaLa_itY", "_api"}, "http", RoleReserved},
	{"endpoint", Spelling{"இறுதி_புள்ளி", "iraqi_pulli", "_endpoint"}, "http", RoleReserved},
	{"request", Spelling{"கோரிக்கை", "kOrikkY", "_request"}, "http", RoleReserved},
	{"header", Spelling{"தலைப்பு", "talYppu", "_header"}, "http", RoleReserved},
	{"body", Spelling{"உடல்", "uqal", "_body"}, "http", RoleReserved},
	{"param", Spelling{"அளவுரு", "aLavuru", "_param"}, "http", RoleReserved},
	{"query_param", Spelling{"வினா_அளவுரு", "viZA_aLavuru", "_queryParam"}, "http", RoleReserved},
	{"path_param", Spelling{"பாதை_அளவுரு", "pAtY_aLavuru", "_pathParam"}, "http", RoleReserved},
	{"url", Spelling{"உரலி", "urali", "_url"}, "http", RoleReserved},
	{"host", Spelling{"புரவலன்", "puravalaZ", "_host"}, "http", RoleReserved},
	{"port", Spelling{"குதை", "kuqY", "_port"}, "http", RoleReserved},
	{"method", Spelling{"முறை", "muRY", "_method"}, "http", RoleReserved},
	{"status_code", Spelling{"நிலை_குறி", "nilY_kuRi", "_statusCode"}, "http", RoleReserved},
	{"status_message", Spelling{"நிலை_செய்தி", "nilY_ceyqi", "_statusMessage"}, "http", RoleReserved},
	{"auth", Spelling{"உறுதி", "uRuqi", "_auth"}, "http", RoleReserved},
	{"bearer_token", Spelling{"குறிதாங்கி", "kuRiqAwki", "_bearerToken"}, "http", RoleReserved},
	{"content_type", Spelling{"உரை_வகை", "urY_vakY", "_contentType"}, "http", RoleReserved},
	{"serve", Spelling{"சேவை", "cEvY", "_serve"}, "http", RoleReserved},
	{"password", Spelling{"குறிமுறை", "kuRimuRY", "_password"}, "security", RoleReserved},

	// Words usable as names.
	{"credit", Spelling{"வரவு", "varavu", ""}, "financial", RoleName},
	{"debit", Spelling{"பற்று", "paRRu", ""}, "financial", RoleName},
	{"balance", Spelling{"இருப்பு", "iruppu", ""}, "financial", RoleName},
	{"rate", Spelling{"வீதம்", "vIqam", ""}, "financial", RoleName},
	{"asset", Spelling{"சொத்து", "soqqu", ""}, "financial", RoleName},
	{"liability", Spelling{"பொறுப்பு", "poRuppu", ""}, "financial", RoleName},
	{"equity", Spelling{"பங்கு", "pawku", ""}, "financial", RoleName},
	{"revenue", Spelling{"வருவாய்", "varuvAy", ""}, "financial", RoleName},
	{"expense", Spelling{"செலவு", "celavu", ""}, "financial", RoleName},
	{"income", Spelling{"வருமானம்", "varumAZam", ""}, "financial", RoleName},
	{"profit", Spelling{"பயன்", "payaZ", ""}, "financial", RoleName},
	{"loss", Spelling{"இழப்பு", "izappu", ""}, "financial", RoleName},
	{"tax", Spelling{"வரி", "vari", ""}, "financial", RoleName},
	{"net", Spelling{"நிகர", "nikara", ""}, "financial", RoleName},
	{"gross", Spelling{"மொத்த", "moqqa", ""}, "financial", RoleName},
	{"interest", Spelling{"வட்டி", "vatti", ""}, "financial", RoleName},
	{"ledger", Spelling{"பேரேடு", "pErEtu", ""}, "financial", RoleName},
	{"journal", Spelling{"பதிவு", "paqivu", ""}, "financial", RoleName},
	{"loan", Spelling{"கடன்", "kataZ", ""}, "financial", RoleName},
	{"finance", Spelling{"நிதி", "niqi", ""}, "financial", RoleName},
	{"statement", Spelling{"அறிக்கை", "aRikkY", ""}, "financial", RoleName},
	{"valuation", Spelling{"மதிப்பீடு", "matippIDu", ""}, "financial", RoleName},
	{"credit_card", Spelling{"கடன்_அட்டை", "kataZ_attY", ""}, "financial", RoleName},
	{"cash", Spelling{"பணம்", "paNam", ""}, "financial", RoleName},
	{"bank", Spelling{"வங்கி", "vawki", ""}, "financial", RoleName},
	{"receivable", Spelling{"பெறத்தக்க", "peRaqqakka", ""}, "financial", RoleName},
	{"payable", Spelling{"கொடுக்காத", "kotukkAqa", ""}, "financial", RoleName},
	{"vendor", Spelling{"விற்பனர்", "viRpaZar", ""}, "financial", RoleName},
	{"customer", Spelling{"வாங்குநர்", "vAwkunar", ""}, "financial", RoleName},
	{"fixed", Spelling{"நிலையான", "nilYyAZa", ""}, "financial", RoleName},
	{"current", Spelling{"நடப்பு", "natappu", ""}, "financial", RoleName},
	{"non_current", Spelling{"நடப்பிலில்லா", "natappilillA", ""}, "financial", RoleName},
	{"address", Spelling{"முகவரி", "mukavari", ""}, "financial", RoleName},
	{"amount", Spelling{"தொகை", "toqai", ""}, "financial", RoleName},
	{"currency", Spelling{"நாணயம்", "nANayam", ""}, "financial", RoleName},
	{"transaction", Spelling{"பரிவர்த்தனை", "parivarttaZai", ""}, "financial", RoleName},
	{"depreciation", Spelling{"தேய்மானம்", "qEymAZam", ""}, "financial", RoleName},
	{"amortization", Spelling{"கடன்தீர்ப்பு", "kataZ_qIrppu", ""}, "financial", RoleName},
	{"appreciation", Spelling{"மதிப்புயர்வு", "matippuyarvu", ""}, "financial", RoleName},
	{"capital", Spelling{"மூலதனம்", "mUlataZam", ""}, "financial", RoleName},
	{"trial_balance", Spelling{"இருப்பாய்வு", "iruppAyvu", ""}, "financial", RoleName},
	{"balance_sheet", Spelling{"இருப்புநிலை", "iruppunilY", ""}, "financial", RoleName},
	{"income_statement", Spelling{"வருமான_அறிக்கை", "varumAZ_aRikkY", ""}, "financial", RoleName},
	{"cash_flow", Spelling{"பணப்புழக்கம்", "paNappuzakkam", ""}, "financial", RoleName},
	{"income_tax", Spelling{"வருமான_வரி", "varumAZ_vari", ""}, "financial", RoleName},
	{"gst", Spelling{"வணிகவரி", "vaNikavari", "_GST"}, "financial", RoleName},
	{"itr", Spelling{"வரியறிக்கை", "variyaRikkY", "_ITR"}, "financial", RoleName},
	{"sales", Spelling{"விற்பனை", "viRpaZY", ""}, "financial", RoleName},
	{"purchase", Spelling{"கொள்முதல்", "koLmuqal", ""}, "financial", RoleName},
	{"invoice", Spelling{"விலைப்பட்டியல்", "vilYppattiyal", ""}, "financial", RoleName},
	{"receipt", Spelling{"ரசீது", "racIqu", ""}, "financial", RoleName},
	{"cheque", Spelling{"காசோலை", "kAcOlY", ""}, "financial", RoleName},
	{"contract", Spelling{"ஒப்பந்தம்", "oppanqam", ""}, "financial", RoleName},
	{"goods", Spelling{"சரக்கு", "carakku", ""}, "financial", RoleName},
	{"inventory", Spelling{"சரக்கிருப்பு", "carakkiruppu", ""}, "financial", RoleName},
	{"deposit", Spelling{"வைப்பு", "vYppu", ""}, "financial", RoleName},
	{"withdrawal", Spelling{"எடுப்பு", "etuppu", ""}, "financial", RoleName},
	{"transfer", Spelling{"பரிமாற்றம்", "parimARRam", ""}, "financial", RoleName},
	{"advance", Spelling{"முன்பணம்", "muZpaNam", ""}, "financial", RoleName},
	{"outstanding", Spelling{"நிலுவை", "niluvY", ""}, "financial", RoleName},
	{"installment", Spelling{"தவணை", "qavaNY", ""}, "financial", RoleName},
	{"principal", Spelling{"அசல்", "acal", ""}, "financial", RoleName},
	{"salary", Spelling{"ஊதியம்", "Uqiyam", ""}, "financial", RoleName},
	{"rent", Spelling{"வாடகை", "vAtakY", ""}, "financial", RoleName},
	{"fee", Spelling{"கட்டணம்", "kattaNam", ""}, "financial", RoleName},
	{"discount", Spelling{"தள்ளுபடி", "qaLLupati", ""}, "financial", RoleName},
	{"penalty", Spelling{"அபராதம்", "aparAqam", ""}, "financial", RoleName},
	{"insurance", Spelling{"காப்பீடு", "kAppItu", ""}, "financial", RoleName},
	{"dividend", Spelling{"ஈவுத்தொகை", "IvuqqokY", ""}, "financial", RoleName},
	{"investment", Spelling{"முதலீடு", "muqalItu", ""}, "financial", RoleName},
	{"price", Spelling{"விலை", "vilY", ""}, "financial", RoleName},
	{"account", Spelling{"கணக்கு", "kaNakku", ""}, "financial", RoleName},
	{"audit", Spelling{"தணிக்கை", "qaNikkY", ""}, "financial", RoleName},
	{"fiscal_year", Spelling{"நிதியாண்டு", "niqiyANtu", ""}, "financial", RoleName},
	{"quarter", Spelling{"காலாண்டு", "kAlANtu", ""}, "financial", RoleName},
	{"shareholder", Spelling{"பங்குதாரர்", "pawkuqArar", ""}, "financial", RoleName},
	{"budget", Spelling{"நிதித்திட்டம்", "niqiqqittam", ""}, "financial", RoleName},
	{"tds", Spelling{"வரிப்பிடித்தம்", "varippitiqqam", "_TDS"}, "financial", RoleName},
	{"input_tax_credit", Spelling{"உள்ளீட்டுவரி", "uLLIttuvari", "_ITC"}, "financial", RoleName},
	{"deduction", Spelling{"விலக்கு", "vilakku", ""}, "financial", RoleName},
	{"exemption", Spelling{"விதிவிலக்கு", "viqivilakku", ""}, "financial", RoleName},
	{"slab", Spelling{"அடுக்கு", "atukku", ""}, "financial", RoleName},
	{"customs_duty", Spelling{"சுங்கவரி", "cuwkavari", ""}, "financial", RoleName},
	{"excise_duty", Spelling{"கலால்வரி", "kalAlvari", ""}, "financial", RoleName},
	{"stamp_duty", Spelling{"முத்திரைத்தீர்வை", "muqqirYqqIrvY", ""}, "financial", RoleName},
	{"assessment_year", Spelling{"மதிப்பீட்டாண்டு", "maqippIttANtu", ""}, "financial", RoleName},
	{"variable", Spelling{"மாறி", "mARi", ""}, "declaration", RoleName},
	{"constant", Spelling{"நிலை", "nilY", ""}, "declaration", RoleName},
	{"file_lines", Spelling{"கோப்பு_நிரை", "kOppu_nirY", "_fileLines"}, "file", RoleName},
}

// spellings maps each of the 505 spellings to its kind.
var spellings = func() map[string]Kind {
	m := make(map[string]Kind, 3*len(keywords))
	for i := int(keywordStart) + 1; i < len(keywords); i++ {
		w := &keywords[i]
		m[w.Tamil] = Kind(i)
		m[w.Roman] = Kind(i)
		if w.English != "" {
			m[w.English] = Kind(i)
		}
	}
	return m
}()

// Lookup returns the kind of a whole identifier: that of the keyword with this
// spelling, else Name.
func Lookup(word string) Kind {
	if k, ok := spellings[word]; ok {
		return k
	}
	return Name
}

// Keywords returns all kinds that are keywords, in the order of the table.
func Keywords() []Kind {
	kinds := make([]Kind, 0, len(keywords)-int(keywordStart)-1)
	for i := int(keywordStart) + 1; i < len(keywords); i++ {
		kinds = append(kinds, Kind(i))
	}
	return kinds
}
