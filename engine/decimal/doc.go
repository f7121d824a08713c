// Package decimal is the language's number: an exact decimal fraction with a
// coefficient below 2⁹⁶ and 0 to 28 places after the point.
//
// [Decimal] is a value of 16 bytes without pointers; nothing but formatting
// allocates. [Add], [Sub], [Mul] and [Quo] follow one rule: of the exact
// result, rounded half to even, the value with the most places (28 at most)
// whose coefficient is below 2⁹⁶; when even a whole number does not fit, the
// operation overflows and says so. [Decimal.Round] and the readers of text
// round a half away from zero instead, as the language does. [Parse],
// [ParseTrim], [ParseLiteral] and [ParseJSON] read, [Decimal.String] and
// [Decimal.AppendFixed] write.
//
// There is no negative zero, no infinity and no NaN. Trailing zeros are kept or
// dropped as is convenient and never shown, so two Decimals are compared with
// [Equal], not with ==. Converting other kinds of value, reporting division by
// zero and grouping of digits are the business of the callers.
//
//	price, _ := decimal.Parse("1999.50")
//	tax, _ := decimal.Mul(price, decimal.New(18, 2)) // 18 %
//	tax.Round(2).String()                            // "359.91"
package decimal
