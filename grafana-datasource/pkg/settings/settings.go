// Package settings reads what an administrator set for a data source (docs/contract.md) and makes the HTTP client of it.
package settings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"

	"tsdb/grafana-datasource/pkg/macro"
)

// Secret is a text that is sent and never shown: printed in whatever way, it is dots.
type Secret string

const hidden = "..."

func (s Secret) String() string   { return hidden }
func (s Secret) GoString() string { return hidden }

// MarshalJSON is there for structured logs.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(hidden) }

// Reveal is for the request that carries it.
func (s Secret) Reveal() string { return string(s) }

// Settings of one data source, checked.
type Settings struct {
	// URL is the node's base, without a slash at its end.
	URL      *url.URL
	Database string
	// Timeout of one query, from sent to the last row.
	Timeout time.Duration
	// RowsMax of one answer.
	RowsMax int
	// SendInterval is how often devices send.
	SendInterval time.Duration
	Token        Secret
	SkipVerify   bool
}

const (
	timeoutDefault      = 60 * time.Second
	rowsMaxDefault      = 1_000_000
	sendIntervalDefault = 15 * time.Second
	sendIntervalMax     = 366 * 24 * time.Hour
	// So many idle connections stay open to a node: a dashboard's panels ask at once.
	idleConnectionsMax = 32
)

type jsonData struct {
	Database       string `json:"database"`
	TimeoutSeconds number `json:"timeoutSeconds"`
	MaxRows        number `json:"maxRows"`
	TimeInterval   string `json:"timeInterval"`
	TLSAuth        bool   `json:"tlsAuth"`
	TLSAuthWithCA  bool   `json:"tlsAuthWithCACert"`
	TLSSkipVerify  bool   `json:"tlsSkipVerify"`
	ServerName     string `json:"serverName"`
}

// number is one of JSON, or its text, as provisioning writes variables of the environment: "30". Null and a text without anything are no number, as if
// the key was not there.
type number struct {
	json.Number
}

func (n *number) UnmarshalJSON(source []byte) error {
	var text string
	if json.Unmarshal(source, &text) == nil && strings.TrimSpace(text) == "" {
		n.Number = ""
		return nil
	}
	return json.Unmarshal(source, &n.Number)
}

// Parse checks settings. Its errors are for the administrator's eyes and name no secret.
func Parse(instance backend.DataSourceInstanceSettings) (*Settings, error) {
	var data jsonData
	if len(instance.JSONData) > 0 {
		if err := json.Unmarshal(instance.JSONData, &data); err != nil {
			return nil, fmt.Errorf("the data source's jsonData cannot be read: %w; see the provisioning samples", plain(err))
		}
	}
	base, err := parseURL(instance.URL)
	if err != nil {
		return nil, err
	}
	parsed := &Settings{
		URL: base, Database: strings.TrimSpace(data.Database), Timeout: timeoutDefault, RowsMax: rowsMaxDefault, SendInterval: sendIntervalDefault,
		Token: Secret(strings.TrimSpace(instance.DecryptedSecureJSONData["token"])), SkipVerify: data.TLSSkipVerify,
	}
	if data.TimeoutSeconds.Number != "" {
		seconds, err := data.TimeoutSeconds.Float64()
		if err != nil || seconds <= 0 || seconds > 86_400 {
			return nil, fmt.Errorf("the timeout is %s; it is a number of seconds above 0, at most 86400", data.TimeoutSeconds)
		}
		parsed.Timeout = time.Duration(seconds * float64(time.Second))
	}
	if data.MaxRows.Number != "" {
		rows, err := data.MaxRows.Int64()
		if err != nil || rows < 1 || rows > 100_000_000 {
			return nil, fmt.Errorf("the most rows of an answer are %s; it is a number from 1 to 100000000", data.MaxRows)
		}
		parsed.RowsMax = int(rows)
	}
	if data.TimeInterval != "" {
		if parsed.SendInterval, err = macro.ParseDuration(data.TimeInterval); err != nil {
			return nil, fmt.Errorf("the interval at which devices send: %w", err)
		}
		if parsed.SendInterval > sendIntervalMax {
			return nil, fmt.Errorf("the interval at which devices send is %s; it is at most %s", data.TimeInterval, macro.FormatDuration(sendIntervalMax))
		}
	}
	if strings.ContainsFunc(parsed.Token.Reveal(), isControl) {
		return nil, errors.New("the token has a line break or another control character inside; paste it again")
	}
	return parsed, nil
}

// plain keeps what a JSON error says of types and places, not the text it was found in.
func plain(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		return fmt.Errorf("%s is a %s", wrongType.Field, wrongType.Value)
	}
	return errors.New("it is no JSON object of the expected form")
}

func parseURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, errors.New("the URL is empty; set it to the node's address, such as http://127.0.0.1:8086")
	}
	base, err := url.Parse(text)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, errors.New("the URL is none of the form http://HOST:PORT or https://HOST:PORT")
	}
	if base.User != nil {
		return nil, errors.New("the URL has a user or password inside, where logs would show them; use the fields for token or basic auth")
	}
	if base.RawQuery != "" || base.Fragment != "" {
		return nil, errors.New("the URL has a ? or # part; only scheme, host, port and path belong to it")
	}
	base.Path = strings.TrimRight(base.Path, "/")
	base.RawPath = ""
	return base, nil
}

// HTTPClient makes the client of a data source: TLS, headers, basic auth, proxy as Grafana's own sources have them, connections pooled.
func HTTPClient(ctx context.Context, instance backend.DataSourceInstanceSettings) (*http.Client, error) {
	options, err := httpOptions(ctx, instance)
	if err != nil {
		return nil, fmt.Errorf("the HTTP settings cannot be used: %w", err)
	}
	if err := checkHeaders(options.Header); err != nil {
		return nil, err
	}
	timeouts := httpclient.DefaultTimeoutOptions
	// each request has a deadline of its own, to its last row
	timeouts.Timeout = 0
	timeouts.MaxIdleConns = 2 * idleConnectionsMax
	timeouts.MaxIdleConnsPerHost = idleConnectionsMax
	options.Timeouts = &timeouts
	client, err := httpclient.New(options)
	if err != nil {
		return nil, fmt.Errorf("TLS settings cannot be used: %w", err)
	}
	return client, nil
}

// httpOptions reads settings as the SDK does, which panics where a header's name is no text.
func httpOptions(ctx context.Context, instance backend.DataSourceInstanceSettings) (options httpclient.Options, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("a value is of another type than Grafana's own HTTP settings have: names of headers are texts; see the provisioning samples")
		}
	}()
	return instance.HTTPClientOptions(ctx)
}

// checkHeaders finds what HTTP cannot send: said here, as it would look like a node that is not there.
func checkHeaders(headers http.Header) error {
	for name, values := range headers {
		if name == "" {
			return errors.New("a header has a value and no name; name it, or remove it")
		}
		if strings.ContainsFunc(name, isNoHeaderName) {
			return fmt.Errorf("the header name %q cannot be sent; letters, digits and - make a name", name)
		}
		for _, value := range values {
			if strings.ContainsFunc(value, isControl) {
				return fmt.Errorf("the value of the header %s has a line break or another control character inside; paste it again", name)
			}
		}
	}
	return nil
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' || r == 0x7f
}

func isNoHeaderName(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return false
	}
	return !strings.ContainsRune("!#$%&'*+-.^_`|~", r)
}
