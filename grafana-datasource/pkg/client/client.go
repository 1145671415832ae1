// Package client asks a tsdb node over HTTP (tsdb-query/docs/http-api.md) and decodes answers as they come, into typed columns. Nothing
// holds the text of an answer. A context that ends closes the connection, which cancels the query at the node.
//
// In: settings and an HTTP client. Out: an Answer, or an Error that says what to do.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tsdb/grafana-datasource/pkg/settings"
)

// Client of one node; safe for any number of goroutines.
type Client struct {
	http     *http.Client
	settings *settings.Settings
	// forms that the node may answer in
	accepted string
}

// Statement to run.
type Statement struct {
	SQL string
	// Database to look measurements up in; empty: the settings', else the node's.
	Database string
	// RowsMax of the answer; what is beyond is not read.
	RowsMax int
}

// New makes a client.
func New(client *http.Client, settings *settings.Settings) *Client {
	return &Client{http: client, settings: settings, accepted: acceptedForms}
}

// Close ends connections that nobody uses.
func (c *Client) Close() {
	c.http.CloseIdleConnections()
}

// Run asks and gathers the whole answer.
func (c *Client) Run(ctx context.Context, statement Statement) (*Answer, error) {
	sink := &rowSink{answer: &Answer{}, rowsMax: statement.RowsMax}
	err := c.run(ctx, statement, sink, c.accepted)
	if errors.Is(err, errCut) && c.accepted != formJSON {
		// Arrow has no place for an error after rows: JSON says why
		sink = &rowSink{answer: &Answer{}, rowsMax: statement.RowsMax}
		err = c.run(ctx, statement, sink, formJSON)
	}
	if err != nil {
		return nil, err
	}
	return sink.answer, nil
}

// Stream asks and hands rows on in batches; the last has the rest, and may have no row. The answer that batch is given is used again after it.
func (c *Client) Stream(ctx context.Context, statement Statement, batchRows int, batch func(*Answer) error) error {
	return c.run(ctx, statement, &rowSink{answer: &Answer{}, rowsMax: statement.RowsMax, batchRows: batchRows, batch: batch}, c.accepted)
}

func (c *Client) run(ctx context.Context, statement Statement, sink *rowSink, accepted string) error {
	ctx, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	database := statement.Database
	if database == "" {
		database = c.settings.Database
	}
	form := url.Values{"q": {statement.SQL}, "epoch": {"ns"}}
	if database != "" {
		form.Set("db", database)
	}
	request, err := c.request(ctx, http.MethodPost, "/api/v1/sql", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", accepted)
	// Go would ask for gzip by itself, which takes both sides longer than a local network takes for the bytes
	request.Header.Set("Accept-Encoding", "identity")
	started := time.Now()
	response, err := c.http.Do(request)
	if err != nil {
		return c.unreachable(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return c.refused(response, database)
	}
	err = decode(response, sink)
	if sink.answer.ElapsedMillis == 0 {
		// Arrow has no place for the node's own time
		sink.answer.ElapsedMillis = float64(time.Since(started).Microseconds()) / 1000
	}
	switch {
	case errors.Is(err, errRowsMax):
		sink.answer.Truncated = true
		return sink.finish()
	case err != nil:
		return c.broken(ctx, err, database)
	}
	// what is left, a line's end, so that the connection is used again
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 4096))
	return nil
}

func (c *Client) request(ctx context.Context, method, path string, body io.Reader) (*http.Request, error) {
	target := *c.settings.URL
	target.Path += path
	request, err := http.NewRequestWithContext(ctx, method, target.String(), body)
	if err != nil {
		return nil, &Error{Code: "bad_settings", Message: "the URL of the data source cannot be used"}
	}
	if token := c.settings.Token.Reveal(); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return request, nil
}

// Version asks the node which it is. Empty: what answers says none.
func (c *Client) Version(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	request, err := c.request(ctx, http.MethodGet, "/health", nil)
	if err != nil {
		return "", err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return "", c.unreachable(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	var health struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	text, _ := io.ReadAll(io.LimitReader(response.Body, memberSizeMax))
	if json.Unmarshal(text, &health) != nil || health.Name != "tsdb" {
		return "", &Error{Code: "bad_answer", Status: response.StatusCode,
			Message: fmt.Sprintf("what answers at %s is no tsdb node (status %d): check host, port and path of the URL", c.settings.URL.Redacted(), response.StatusCode)}
	}
	return health.Version, nil
}

// refused turns an answer that is not 200 into an error.
func (c *Client) refused(response *http.Response, database string) error {
	body, _ := io.ReadAll(io.LimitReader(response.Body, memberSizeMax))
	var answer struct {
		Error *Error `json:"error"`
	}
	if json.Unmarshal(bytes.TrimSpace(body), &answer) != nil || answer.Error == nil || answer.Error.Code == "" {
		return &Error{Code: "bad_answer", Status: response.StatusCode, Message: fmt.Sprintf(
			"%s answered with status %d and not as a tsdb node does: check the URL, and the proxy if there is one before the node", c.settings.URL.Redacted(), response.StatusCode)}
	}
	answer.Error.Status = response.StatusCode
	return c.advised(answer.Error, database)
}

func (c *Client) advised(failure *Error, database string) *Error {
	failure.Message = withoutPlace(failure.Message)
	if hint := advice(failure.Code, database, c.settings.Timeout.String()); hint != "" {
		failure.Message += ": " + hint
	}
	return failure
}

// errCut is an answer that ends in the middle.
var errCut = &Error{Code: "bad_answer", Message: "the connection to the node broke in the middle of an answer: try again; if it stays so, the node's log says why"}

// broken is for answers that began and did not end.
func (c *Client) broken(ctx context.Context, err error, database string) error {
	var failure *Error
	if errors.As(err, &failure) {
		return c.advised(failure, database)
	}
	if ctx.Err() != nil {
		return c.unreachable(ctx, err)
	}
	var wrong *net.OpError
	if errors.Is(err, errEnded) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &wrong) {
		return errCut
	}
	return &Error{Code: "bad_answer", Message: fmt.Sprintf("the answer of %s cannot be read: %v; is it a tsdb node?", c.settings.URL.Redacted(), err)}
}

// unreachable says why there was no answer. The library's own text is left out: it holds the whole URL.
func (c *Client) unreachable(ctx context.Context, err error) error {
	where := c.settings.URL.Redacted()
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var expired x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var lookup *net.DNSError
	var operation *net.OpError
	reason := ""
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return &Error{Code: "cancelled", Message: "the query was cancelled"}
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &Error{Code: "timeout", Message: fmt.Sprintf("no complete answer within %s: %s", c.settings.Timeout, advice("timeout", "", c.settings.Timeout.Round(time.Millisecond).String()))}
	case errors.As(err, &authority):
		reason = "its certificate is signed by an authority that is not known here: set the CA certificate in the data source's TLS settings"
	case errors.As(err, &host):
		reason = "its certificate is for another name: use that name in the URL, or set the server name in the TLS settings"
	case errors.As(err, &expired):
		reason = "its certificate cannot be used (" + expired.Error() + ")"
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		reason = "it speaks no TLS: use http:// in the URL, or set tls-cert and tls-key at the node"
	case errors.As(err, &lookup):
		reason = "its name " + lookup.Name + " cannot be resolved: check the host of the URL"
	case errors.As(err, &operation) && operation.Op == "remote error":
		reason = "it refused the TLS connection (" + operation.Err.Error() + "): check the client certificate"
	case errors.As(err, &operation):
		reason = operation.Err.Error() + ": is the node running, and may this Grafana reach that port?"
	default:
		reason = "the connection failed: is the node running, and is the URL right?"
	}
	return &Error{Code: "unreachable", Message: fmt.Sprintf("no tsdb node can be reached at %s: %s", where, reason)}
}
