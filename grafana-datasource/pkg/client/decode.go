package client

import (
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
)

// What the node may answer in, best first. A node that offers no Arrow answers in JSON.
const acceptedForms = "application/vnd.apache.arrow.stream, application/json;q=0.9"

const (
	formJSON  = "application/json"
	formArrow = "application/vnd.apache.arrow.stream"
)

// Decode reads an answer in JSON whole.
func Decode(source io.Reader) (*Answer, error) {
	sink := &rowSink{answer: &Answer{}, rowsMax: math.MaxInt}
	if err := newJSONDecoder(source).decode(sink); err != nil {
		return nil, err
	}
	return sink.answer, nil
}

// decode reads an answer in whichever form it came.
func decode(response *http.Response, sink *rowSink) error {
	form, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch form {
	case formJSON:
		return newJSONDecoder(response.Body).decode(sink)
	case formArrow:
		return decodeArrow(response.Body, sink)
	}
	return fmt.Errorf("its form is %q", form)
}
