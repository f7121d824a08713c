package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
)

// A series is one figure of one side, a value a round.
type series []float64

// summary is what a series says: the middle and how far it spread.
type summary struct{ median, min, max float64 }

func (s series) summary() summary {
	if len(s) == 0 {
		return summary{math.NaN(), math.NaN(), math.NaN()}
	}
	sorted := slices.Sorted(slices.Values(s))
	n := len(sorted)
	return summary{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}

// over returns s divided by t, round by round: both sides of a round ran next to
// each other, so what disturbed one mostly disturbed the other.
func (s series) over(t series) series {
	var r series
	for i := range min(len(s), len(t)) {
		if t[i] > 0 {
			r = append(r, s[i]/t[i])
		}
	}
	return r
}

// String shows the median, and the least and the greatest value in parentheses.
func (s series) String() string {
	if len(s) == 0 {
		return "–"
	}
	m := s.summary()
	if len(s) == 1 {
		return number(m.median)
	}
	return fmt.Sprintf("%s (%s–%s)", number(m.median), number(m.min), number(m.max))
}

// number shows three digits that count, and no fraction of a large number.
func number(x float64) string {
	switch a := math.Abs(x); {
	case a >= 1000:
		return grouped(int64(math.Round(x)))
	case a >= 100, x == 0:
		return fmt.Sprintf("%.0f", x)
	case a >= 10:
		return fmt.Sprintf("%.1f", x)
	default:
		return fmt.Sprintf("%.2f", x)
	}
}

func grouped(n int64) string {
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// A figure is one thing that is measured, for every side that takes part.
type figure struct {
	name string
	// faster tells what a ratio is of: true when more is better (requests a
	// second), false when less is (time).
	faster bool
	sides  map[string]series
}

func newFigure(name string, faster bool) *figure {
	return &figure{name: name, faster: faster, sides: map[string]series{}}
}

func (f *figure) add(side string, value float64) { f.sides[side] = append(f.sides[side], value) }

// advantage returns how many times better first is than other.
func (f *figure) advantage(first, other string) series {
	if f.faster {
		return f.sides[first].over(f.sides[other])
	}
	return f.sides[other].over(f.sides[first])
}

// table prints the figures side by side, a line a side, and then how much better
// the first side is than each other, but for those that are no peers.
func table(w io.Writer, sides []string, figures ...*figure) {
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	row := func(cells ...string) { fmt.Fprintln(t, "  "+strings.Join(cells, "\t")) }
	head := []string{""}
	for _, f := range figures {
		head = append(head, f.name)
	}
	row(head...)
	for _, side := range sides {
		cells := []string{side}
		for _, f := range figures {
			cells = append(cells, f.sides[side].String())
		}
		row(cells...)
	}
	for _, side := range sides[1:] {
		if side == static {
			continue
		}
		cells := []string{sides[0] + " beside " + side}
		for _, f := range figures {
			cell := "–"
			if r := f.advantage(sides[0], side); len(r) > 0 {
				cell = "× " + r.String()
			}
			cells = append(cells, cell)
		}
		row(cells...)
	}
	t.Flush()
	fmt.Fprintln(w)
}
