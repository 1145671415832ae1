package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/settings"
)

// clientOf makes a client of settings as an administrator makes them.
func clientOf(t *testing.T, instance backend.DataSourceInstanceSettings) *Client {
	t.Helper()
	if len(instance.JSONData) == 0 {
		instance.JSONData = []byte("{}")
	}
	parsed, err := settings.Parse(instance)
	if err != nil {
		t.Fatal(err)
	}
	httpClient, err := settings.HTTPClient(context.Background(), instance)
	if err != nil {
		t.Fatal(err)
	}
	return New(httpClient, parsed)
}

func failure(t *testing.T, err error) *Error {
	t.Helper()
	var found *Error
	if !errors.As(err, &found) {
		t.Fatalf("%v is no error of this package", err)
	}
	return found
}

const fewRows = `{"columns":[{"name":"x","type":"int64"}],"rows":[[1],[2]],"rowCount":2,"elapsedMs":1}`

func answerJSON(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = io.WriteString(w, text)
}

func TestAsksAsTheAPISays(t *testing.T) {
	var form, header atomic.Value
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form.Store(r.Method + " " + r.URL.Path + " " + r.PostForm.Encode())
		header.Store(r.Header.Clone())
		answerJSON(w, fewRows)
	}))
	defer server.Close()
	client := clientOf(t, backend.DataSourceInstanceSettings{
		URL: server.URL + "/behind/a/proxy/", JSONData: []byte(`{"database":"iot","httpHeaderName1":"X-Tenant"}`),
		DecryptedSecureJSONData: map[string]string{"token": " tsdb_x ", "httpHeaderValue1": "seven"},
	})
	answer, err := client.Run(context.Background(), Statement{SQL: "SELECT x FROM m -- é&=", RowsMax: 10})
	if err != nil || answer.Rows != 2 {
		t.Fatal(err)
	}
	if got, want := form.Load(), "POST /behind/a/proxy/api/v1/sql db=iot&epoch=ns&q=SELECT+x+FROM+m+--+%C3%A9%26%3D"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	headers := header.Load().(http.Header)
	if headers.Get("Authorization") != "Bearer tsdb_x" || headers.Get("X-Tenant") != "seven" {
		t.Errorf("headers %v", headers)
	}
	if _, err := client.Run(context.Background(), Statement{SQL: "SELECT x FROM m", Database: "other", RowsMax: 10}); err != nil || !strings.Contains(form.Load().(string), "db=other") {
		t.Errorf("%v, asked %s", err, form.Load())
	}
}

func TestConnectionsAreUsedAgain(t *testing.T) {
	var opened atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, fewRows+"\n") }))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := clientOf(t, backend.DataSourceInstanceSettings{URL: server.URL})
	for range 20 {
		if _, err := client.Run(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 10}); err != nil {
			t.Fatal(err)
		}
	}
	if opened.Load() != 1 {
		t.Errorf("20 queries one after the other opened %d connections", opened.Load())
	}
}

// The node sees the connection close, which is how it is told (http-api.md): whether the caller goes, the time is over, or enough rows are read.
func TestCancellationReachesTheNode(t *testing.T) {
	gone := make(chan struct{}, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"columns":[{"name":"x","type":"int64"}],"rows":[[1]`)
		for {
			if _, err := io.WriteString(w, ",[2]"); err != nil {
				break
			}
			w.(http.Flusher).Flush()
			select {
			case <-r.Context().Done():
				gone <- struct{}{}
				return
			default:
			}
		}
	}))
	defer server.Close()
	wantGone := func(what string) {
		t.Helper()
		select {
		case <-gone:
		case <-time.After(30 * time.Second):
			t.Fatalf("%s: the node is not told", what)
		}
	}

	client := clientOf(t, backend.DataSourceInstanceSettings{URL: server.URL})
	ctx, cancel := context.WithCancel(context.Background())
	began := make(chan struct{})
	go func() {
		<-began
		cancel()
	}()
	first := true
	err := client.Stream(ctx, Statement{SQL: "SELECT 1", RowsMax: 1 << 60}, 10, func(*Answer) error {
		if first {
			close(began)
			first = false
		}
		return nil
	})
	if failed := failure(t, err); failed.Code != "cancelled" {
		t.Errorf("cancelled: %v", failed)
	}
	wantGone("cancelled")

	hurried := clientOf(t, backend.DataSourceInstanceSettings{URL: server.URL, JSONData: []byte(`{"timeoutSeconds":0.2}`)})
	err = hurried.Stream(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 1 << 60}, 10, func(*Answer) error { return nil })
	if failed := failure(t, err); failed.Code != "timeout" || !strings.Contains(failed.Message, "no complete answer within 200ms: ask for a shorter time") {
		t.Errorf("too slow: %v", failed)
	}
	wantGone("too slow")

	answer, err := client.Run(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 5})
	if err != nil || answer.Rows != 5 || !answer.Truncated {
		t.Errorf("%v, %+v", err, answer)
	}
	wantGone("enough rows")
}

func TestAnswersThatAreNone(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		code    string
		message string
	}{
		"a page":          {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") }, "bad_answer", `its form is "text/html"; is it a tsdb node?`},
		"a proxy's error": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no upstream", http.StatusBadGateway) }, "bad_answer", "answered with status 502 and not as a tsdb node does: check the URL, and the proxy"},
		"half an answer":  {func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, fewRows[:60]) }, "bad_answer", "broke in the middle of an answer"},
		"a cut connection": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, fewRows[:60])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "bad_answer", "broke in the middle of an answer"},
		"an error in the middle": {func(w http.ResponseWriter, _ *http.Request) {
			answerJSON(w, `{"columns":[],"rows":[],"error":{"code":"limit_exceeded","message":"2:3: passes query-memory (512 MiB)","line":2,"column":3}}`)
		}, "limit_exceeded", "passes query-memory (512 MiB): ask for a shorter time, fewer groups"},
		"overload": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":{"code":"overloaded","message":"too many queries"}}`)
		}, "overloaded", "too many queries: the node has too much to do"},
	}
	for name, test := range tests {
		server := httptest.NewServer(test.handler)
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		_, err := clientOf(t, backend.DataSourceInstanceSettings{URL: server.URL}).Run(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 10})
		if failed := failure(t, err); failed.Code != test.code || !strings.Contains(failed.Message, test.message) {
			t.Errorf("%s: %s: %s", name, failed.Code, failed.Message)
		}
		server.Close()
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answerJSON(w, fewRows) }))
	defer server.Close()
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	authority := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	run := func(jsonData string, secrets map[string]string) error {
		_, err := clientOf(t, backend.DataSourceInstanceSettings{URL: server.URL, JSONData: []byte(jsonData), DecryptedSecureJSONData: secrets}).Run(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 10})
		return err
	}
	if failed := failure(t, run(`{}`, nil)); failed.Code != "unreachable" || !strings.Contains(failed.Message, "set the CA certificate in the data source's TLS settings") {
		t.Errorf("an unknown authority: %s", failed.Message)
	}
	if err := run(`{"tlsAuthWithCACert":true}`, map[string]string{"tlsCACert": authority}); err != nil {
		t.Errorf("with its authority: %v", err)
	}
	if err := run(`{"tlsSkipVerify":true}`, nil); err != nil {
		t.Errorf("unchecked: %v", err)
	}
	if failed := failure(t, run(`{"tlsAuthWithCACert":true,"serverName":"elsewhere"}`, map[string]string{"tlsCACert": authority})); !strings.Contains(failed.Message, "its certificate is for another name") {
		t.Errorf("another name: %s", failed.Message)
	}
	server.TLS.ClientAuth = tls.RequireAnyClientCert
	if failed := failure(t, run(`{"tlsSkipVerify":true}`, nil)); !strings.Contains(failed.Message, "check the client certificate") {
		t.Errorf("no client certificate: %s", failed.Message)
	}
}

// Every secret, through everything that can be printed of a client and what it says of every kind of failure.
func TestSecretsAreNeverShown(t *testing.T) {
	secrets := map[string]string{"token": "hush-token", "basicAuthPassword": "hush-password", "httpHeaderValue1": "hush-header"}
	var log bytes.Buffer
	show := func(values ...any) {
		for _, value := range values {
			fmt.Fprintf(&log, "%v %+v %#v %s\n", value, value, value, value)
		}
	}
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// a node or proxy that says what it was sent
		w.WriteHeader(http.StatusInternalServerError)
		_ = r.Header.Write(w)
	}))
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, url := range []string{broken.URL, closed.URL, "https" + strings.TrimPrefix(broken.URL, "http"), "http://hush.invalid"} {
		instance := backend.DataSourceInstanceSettings{URL: url, JSONData: []byte(`{"httpHeaderName1":"X-Key"}`), DecryptedSecureJSONData: secrets, BasicAuthEnabled: true, BasicAuthUser: "me"}
		parsed, err := settings.Parse(instance)
		if err != nil {
			t.Fatal(err)
		}
		show(parsed, *parsed, parsed.Token)
		text, _ := json.Marshal(parsed)
		show(string(text))
		client := clientOf(t, instance)
		_, err = client.Run(context.Background(), Statement{SQL: "SELECT 1", RowsMax: 10})
		show(err, failure(t, err))
		_, err = client.Version(context.Background())
		show(err)
	}
	broken.Close()
	for _, wrong := range []backend.DataSourceInstanceSettings{
		{URL: "http://me:hush-url@host:1"}, {URL: "http://h", JSONData: []byte(`{"serverName":["hush-json"]}`)}, {URL: "http://h", JSONData: []byte(`hush-json`)}, {URL: "://hush-url"}, {URL: "http://h?p=hush-url"},
		{URL: "http://h", DecryptedSecureJSONData: map[string]string{"token": "hush\ntoken"}}, {URL: "http://h", DecryptedSecureJSONData: map[string]string{"token": "hush\x00token"}},
	} {
		_, err := settings.Parse(wrong)
		if err == nil {
			t.Errorf("%v is taken", wrong.URL)
		}
		show(err)
	}
	wrongKey := backend.DataSourceInstanceSettings{URL: "http://h", JSONData: []byte(`{"tlsAuth":true}`), DecryptedSecureJSONData: map[string]string{"tlsClientCert": "hush-cert", "tlsClientKey": "hush-key"}}
	_, err := settings.HTTPClient(context.Background(), wrongKey)
	if err == nil || !strings.Contains(err.Error(), "TLS settings cannot be used") {
		t.Errorf("a key that is none: %v", err)
	}
	show(err)
	for line := range strings.Lines(log.String()) {
		if strings.Contains(strings.ReplaceAll(line, "hush.invalid", ""), "hush") {
			t.Errorf("a secret is shown: %s", line)
		}
	}
}
