package syntax_test

import (
	"strings"
	"testing"

	"etamil/engine/syntax"
	"etamil/engine/token"
)

// tenThousandLines is a program of plain statements.
var tenThousandLines = strings.Repeat(`// ஒரு விலைப்பட்டியலின் வரி
செயல் வரி_கணக்கிடு(தொகை, விழுக்காடு) {
    எண் மொத்த = தொகை + தொகை * விழுக்காடு / 100;
    (மொத்த > 1000.50 மற்றும் தொகை != 0) எனில் {
        அச்சு "மொத்தம்: " & வட்டமிடு(மொத்த, 2);
    } இன்றேல் {
        பட்டி[0] = {பெயர்: "சரக்கு", விலை: தொகை, வீதம்: 18%};
    }
    திரும்பு மொத்த;
}
`, 1000)

func BenchmarkParse(b *testing.B) {
	b.SetBytes(int64(len(tenThousandLines)))
	b.ReportAllocs()
	for b.Loop() {
		file, list := syntax.ParseFile(token.NewFile("a.qmz", "", tenThousandLines), syntax.Options{})
		if file == nil {
			b.Fatal(list)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	b.SetBytes(int64(len(tenThousandLines)))
	b.ReportAllocs()
	for b.Loop() {
		if _, errs, _ := syntax.Scan(token.NewFile("a.qmz", "", tenThousandLines), syntax.Options{}); errs != nil {
			b.Fatal(errs)
		}
	}
}

// Scanning allocates the slice of tokens and nothing a token.
func TestScanningAllocatesNothingPerToken(t *testing.T) {
	file := token.NewFile("a.qmz", "", tenThousandLines)
	allocs := testing.AllocsPerRun(3, func() { syntax.Scan(file, syntax.Options{}) })
	if allocs > 20 {
		t.Errorf("%.0f allocations for %d lines", allocs, file.LineCount())
	}
}
