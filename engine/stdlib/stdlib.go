package stdlib

import (
	"embed"
	"slices"

	"etamil/engine/builtin"
	"etamil/engine/value"
)

//go:embed lib
var files embed.FS

// A Function is a public function of a module of the library.
type Function struct {
	// Builtin is the row as that of any builtin. Its Func is nil where the
	// body in the module's file counts. Name.English is "" but for the new
	// functions.
	builtin.Builtin
	// Module is the library path of its module: "nUlakam/col.qmz".
	Module string
	// New tells that the reference implementation does not have it: then all
	// three spellings are weak, any other definition of the same spelling
	// wins. Otherwise the Tamil one is an ordinary definition, and only the
	// romanized one is weak.
	New bool
	// Percent holds the numbers, from 1, of the parameters that are rates out of
	// a hundred, where a percent literal would count twice.
	Percent []int
	// Joint is what the function is in a program that also imports the module
	// With, which has a function of the same name; nil: there is none.
	Joint *builtin.Builtin
	With  string

	body, joint body
}

// A module is one file of the library with the rows of its functions. A
// function of the file that has no row is private to the module.
type module struct {
	path string
	rows []Function
	// hidden are the rows of private functions behind which Go stands.
	hidden []Function
	// gone are functions that programs could once call and that were never
	// meant for them; calling one is worth a warning of its own.
	gone []string
}

// modules is the library. What a module imports stands in its file.
var modules = register([]module{
	{path: "nUlakam/col.qmz", rows: textFunctions},
	{path: "nUlakam/kaNiqam.qmz", rows: numberFunctions},
	{path: memberModule, rows: listFunctions},
	{path: "nUlakam/poruL.qmz", rows: recordFunctions},
	{path: "nUlakam/paNam.qmz", rows: moneyFunctions},
	{path: "nUlakam/jEcAZ.qmz", rows: jsonFunctions, gone: []string{
		"ஜே_எழுத்து", "ஜே_வெண்மை", "ஜே_விடுவி", "ஜே_சரம்", "ஜே_எண்", "ஜே_அணி", "ஜே_சோடி", "ஜே_பொருள்", "ஜே_மதிப்பு",
	}},
	{path: "nUlakam/kAcu.qmz", rows: paiseFunctions},
	{path: "nUlakam/kuRiyAkkam.qmz", rows: encodingFunctions},
	{path: "nUlakam/qEqi.qmz", rows: dateFunctions},
	{path: "nUlakam/qaravurY.qmz", rows: csvFunctions},
	{path: "nUlakam/cOqaZY.qmz", rows: testFunctions},
	{path: documentModule, rows: documentFunctions, gone: []string{
		"வரிசைக்குப்_பின்", "மாறிப்_பெயர்", "உறுப்பை_நிரப்பு", "தொகுதியைத்_தேடு",
	}},
	{path: "nUlakam/qaLam/retis.qmz", rows: redisFunctions},
	{path: "nUlakam/cawkili/fabric.qmz", rows: fabricFunctions, hidden: fabricPrivate},
	{path: "nUlakam/upi/vilAcam.qmz", rows: payFunctions, gone: []string{"விருப்பத்தைச்_சேர்"}},
	{path: "nUlakam/upi/nilYmY.qmz", rows: payStateFunctions},
	{path: "nUlakam/kaNakkiyal/kaNakkukaL.qmz", rows: accountFunctions},
	{path: "nUlakam/kaNakkiyal/kAlam.qmz", rows: periodFunctions},
	{path: "nUlakam/kaNakkiyal/pErEtu.qmz", rows: ledgerFunctions, hidden: groupNatives("pErEtu")},
	{path: "nUlakam/kaNakkiyal/niRuvaZam.qmz", rows: companyFunctions},
	{path: "nUlakam/kaNakkiyal/aRikkYkaL.qmz", rows: statementFunctions, hidden: sideNatives("aRikkYkaL")},
	{path: "nUlakam/kaNakkiyal/mutippu.qmz", rows: closingFunctions, hidden: sideNatives("mutippu")},
	{path: "nUlakam/kaNakkiyal/oqukkItu.qmz", rows: clearingFunctions, hidden: groupNatives("oqukkItu")},
	{path: "nUlakam/kaNakkiyal/vari.qmz", rows: taxFunctions},
	{path: "nUlakam/kaNakkiyal/vari_viziqam.qmz", rows: rateFunctions, hidden: databaseNatives("vari_viziqam")},
	{path: "nUlakam/kaNakkiyal/qEymAZam.qmz", rows: depreciationFunctions},
	{path: "nUlakam/kaNakkiyal/Uqiyam.qmz", rows: payrollFunctions},
	{path: "nUlakam/vawki/vatti.qmz", rows: interestFunctions},
	{path: "nUlakam/vawki/kadaZ.qmz", rows: loanFunctions},
	{path: "nUlakam/vawki/coqqu.qmz", rows: assetFunctions, hidden: databaseNatives("coqqu")},
	{path: "nUlakam/kAppIttu/kAppIttu.qmz", rows: insuranceFunctions},
	{path: "nUlakam/cuwkam/cuwkam.qmz", rows: customsFunctions},
})

// register fills in what the rows leave out: their module, and the Func of
// those with a body.
func register(all []module) []module {
	for i := range all {
		for f := range all[i].all {
			f.Module = all[i].path
			f.Library = true
			if run := f.body; run != nil {
				f.Func = native(f, run)
			}
			if f.joint != nil {
				both := f.Builtin
				both.Func = native(f, f.joint)
				f.Joint = &both
			}
		}
	}
	return all
}

func native(f *Function, run body) builtin.Func {
	return func(m builtin.Machine, args []value.Value) (value.Value, error) {
		return run(call{m: m, f: f, args: args})
	}
}

// all yields every row of m.
func (m *module) all(yield func(*Function) bool) {
	for _, rows := range [...][]Function{m.rows, m.hidden} {
		for i := range rows {
			if !yield(&rows[i]) {
				return
			}
		}
	}
}

// byName finds a public function by the library path of its module and its Tamil name.
var byName = func() map[[2]string]*Function {
	index := map[[2]string]*Function{}
	for i := range modules {
		for j := range modules[i].rows {
			f := &modules[i].rows[j]
			index[[2]string{f.Module, f.Name.Tamil}] = f
		}
	}
	return index
}()

// bySpelling finds the module that defines a spelling, the first of several.
var bySpelling = func() map[string]string {
	index := map[string]string{}
	for i := range modules {
		for j := range modules[i].rows {
			name := modules[i].rows[j].Name
			for _, spelling := range [...]string{name.Tamil, name.Roman, name.English} {
				if _, known := index[spelling]; !known && spelling != "" {
					index[spelling] = modules[i].path
				}
			}
		}
	}
	return index
}()

// Source returns the text of the module with that library path, which begins
// with "nUlakam/". It is false for any other path.
func Source(path string) (string, bool) {
	if module := find(path); module == nil {
		return "", false
	}
	text, err := files.ReadFile("lib/" + path)
	if err != nil {
		panic("BUG: no file of the module " + path)
	}
	return string(text), true
}

func find(path string) *module {
	if i := slices.IndexFunc(modules, func(m module) bool { return m.path == path }); i >= 0 {
		return &modules[i]
	}
	return nil
}

// Modules returns the library paths of all modules, in the order of the
// reference pages.
func Modules() []string {
	paths := make([]string, len(modules))
	for i := range modules {
		paths[i] = modules[i].path
	}
	return paths
}

// Functions returns the public functions of a module in the order of the
// reference pages, to be read only; nil for a path that is no module.
func Functions(module string) []Function {
	if m := find(module); m != nil {
		return m.rows
	}
	return nil
}

// Private returns the functions behind which Go stands and that only the
// module itself may call, to be read only.
func Private(module string) []Function {
	if m := find(module); m != nil {
		return m.hidden
	}
	return nil
}

// Lookup returns the function that the module defines under that Tamil name.
func Lookup(module, tamilName string) (*Function, bool) {
	f, ok := byName[[2]string{module, tamilName}]
	return f, ok
}

// ModuleOf returns the module to import for a function of that name, in any of
// its spellings; of several modules the first.
func ModuleOf(name string) (module string, ok bool) {
	module, ok = bySpelling[name]
	return module, ok
}

// Gone returns the module that once let programs call its helper of that name,
// which is no more.
func Gone(name string) (module string, ok bool) {
	for i := range modules {
		if slices.Contains(modules[i].gone, name) {
			return modules[i].path, true
		}
	}
	return "", false
}
