// Package wire sends long tables to Grafana as Arrow files that were written straight from an answer's columns.
//
// The SDK's own way holds a frame's vectors, the Arrow columns made of them and a message that grows to twice its size, all at once: 231 MiB for
// a million rows of five columns. Here the answer's columns become record batches of some thousand rows in pieces of a fixed size, which gRPC
// writes as they are.
//
// In: a request's context, and of each long table its answer and a frame of no rows that says how it is to look. Out: a stand-in for the frame, which goes
// through the SDK's handlers and conversion as any other; the codec puts the table in its place when gRPC writes the message. A table is held from its
// stand-in until then, at the longest until its request ends. Safe for any number of goroutines.
package wire
