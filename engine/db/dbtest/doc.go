// Package dbtest is the suite that every SQL driver passes. A driver's tests
// say in an [Env] what its database is like and call [Run], which opens the
// driver's pool as the registry does and holds it to what package db promises
// of Pool and Conn.
//
// What belongs to one database alone (its errors, its connection texts, the
// tables of spec 08 §8.4 and §8.5) is tested beside its driver.
package dbtest
