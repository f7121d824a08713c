package stdlib

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"etamil/engine/value"
)

// invoicesJSON returns about size bytes of JSON as an accounting program meets
// it: an array of objects with texts, numbers and an array of objects inside.
func invoicesJSON(size int) string {
	var b strings.Builder
	b.WriteByte('[')
	for i := 0; b.Len() < size; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"எண்":%d,"நாள்":"2026-04-%02d","வாங்குநர்":"மலர் அங்காடி %d","மொத்தம்":%d.50,"செலுத்தியது":%t,"வரிகள்":[`, i, i%30+1, i, i*37%100000, i%3 == 0)
		for j := range 3 {
			if j > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"பொருள்":"அரிசி %d","அளவு":%d,"விலை":%d.25,"வரி":18}`, j, j+1, i%900+40)
		}
		b.WriteString(`]}`)
	}
	b.WriteByte(']')
	return b.String()
}

func BenchmarkReadJSON(b *testing.B) {
	s := invoicesJSON(1 << 20)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		if _, bad, err := parseJSON(&machine{}, s); bad != nil || err != nil {
			b.Fatal(bad, err)
		}
	}
}

func BenchmarkReadJSONNumbers(b *testing.B) {
	s := "[" + strings.Repeat("1.5,", 1<<18) + "0]"
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		if _, bad, err := parseJSON(&machine{}, s); bad != nil || err != nil {
			b.Fatal(bad, err)
		}
	}
}

// BenchmarkReadJSONPeer is encoding/json reading the same into any.
func BenchmarkReadJSONPeer(b *testing.B) {
	s := []byte(invoicesJSON(1 << 20))
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(s, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteJSON(b *testing.B) {
	s := invoicesJSON(1 << 20)
	v, _, _ := parseJSON(&machine{}, s)
	f := lookup("ஜேசான்_ஆக்கு")
	args := []value.Value{v}
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := f.Func(&machine{}, args); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteJSONPeer is encoding/json writing the same from any.
func BenchmarkWriteJSONPeer(b *testing.B) {
	s := []byte(invoicesJSON(1 << 20))
	var v any
	if err := json.Unmarshal(s, &v); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := json.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}
