package client

import "errors"

// Answer is what a statement gave.
type Answer struct {
	Columns []*Column
	Rows    int
	// Truncated says whether there were more rows than asked for.
	Truncated bool
	// ElapsedMillis is the server's own time, or where it does not say, that from request to last row as seen from here.
	ElapsedMillis float64
}

// Column by its name, or nil.
func (a *Answer) Column(name string) *Column {
	for _, column := range a.Columns {
		if column.Name == name {
			return column
		}
	}
	return nil
}

// errRowsMax ends a decoder: the sink takes no more.
var errRowsMax = errors.New("more rows than asked for")

// rowSink gathers rows into columns, and hands them on in batches where a batch is wanted.
type rowSink struct {
	answer    *Answer
	rowsMax   int
	batchRows int
	// rows that were handed on
	passed int
	batch  func(*Answer) error
}

func (s *rowSink) add(name string, kind Type) {
	s.answer.Columns = append(s.answer.Columns, newColumn(name, kind))
}

func (s *rowSink) isFull() bool {
	return s.passed+s.answer.Rows >= s.rowsMax
}

func (s *rowSink) rowEnds() error {
	s.answer.Rows++
	if s.batch == nil || s.answer.Rows < s.batchRows {
		return nil
	}
	return s.pass()
}

func (s *rowSink) pass() error {
	if err := s.batch(s.answer); err != nil {
		return err
	}
	s.passed += s.answer.Rows
	s.answer.Rows = 0
	for _, column := range s.answer.Columns {
		column.reset()
	}
	return nil
}

// finish is called once, after the last row.
func (s *rowSink) finish() error {
	if s.batch == nil {
		return nil
	}
	return s.pass()
}
