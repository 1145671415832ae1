package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/frames"
	"tsdb/grafana-datasource/pkg/macro"
)

const (
	pathPrefix = "series/"
	// A node is asked this often, so that a row is on its way within a second of being written.
	pollInterval = 500 * time.Millisecond
	// Buckets are asked for twice in their width, at most this rarely.
	bucketPollMax = 5 * time.Second
	// Rows that are older than the newest by more than this are not looked for any more.
	lateWindow = 60 * time.Second
	// Devices' clocks may be ahead of ours by this.
	aheadWindow = 60 * time.Second
	retryFirst  = time.Second
	retryMax    = 30 * time.Second
	// Rows of one poll: what comes faster no panel draws.
	pollRowsMax = 100_000
)

var ownKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// liveFrames answers a query that wants to be live: rows in the form of the stream's, and the channel they go on in.
func (d *Datasource) liveFrames(asked *query, expansion *macro.Expansion, answer *client.Answer) (data.Frames, error) {
	if problem := streamable(expansion); problem != "" {
		return nil, errors.New(problem)
	}
	times := frames.Times(answer)
	if times == nil {
		return nil, errors.New("a live query selects the time of its rows")
	}
	made := &channel{
		RawSQL: asked.RawSQL, Database: asked.database(d.settings), IntervalMillis: float64(asked.Interval) / float64(time.Millisecond), AdHocFilters: asked.AdHocFilters,
	}
	key := made.key()
	made.known = knownOf(answer, times, widthOf(expansion), time.Now())
	d.channels.put(key, made)
	frame := frames.Live(answer, nil)
	frame.Meta.Channel = "ds/" + d.uid + "/" + pathPrefix + key
	return data.Frames{frame}, nil
}

func streamable(expansion *macro.Expansion) string {
	if !expansion.Filtered {
		return "a live query needs $__timeFilter(time) in its WHERE: that is where the stream puts the time from which on it looks"
	}
	return ""
}

// find gives the statement of a channel's path; data goes before what is remembered.
func (d *Datasource) find(path string, given json.RawMessage) (*channel, string) {
	key, is := strings.CutPrefix(path, pathPrefix)
	if !is {
		return nil, "channels of this data source begin with " + pathPrefix
	}
	if len(given) > 0 && string(given) != "null" && string(given) != "{}" {
		var made channel
		if err := json.Unmarshal(given, &made); err != nil || !ownKey.MatchString(key) || made.RawSQL == "" {
			return nil, "the channel's data is no {rawSql, database, intervalMs}"
		}
		return &made, ""
	}
	if made := d.channels.get(key); made != nil {
		return made, ""
	}
	return nil, "the channel's statement is not known any more: run the query again"
}

func (c *channel) query(from, to time.Time) *query {
	asked := &query{RawSQL: c.RawSQL, Database: c.Database, AdHocFilters: c.AdHocFilters, From: from, To: to, Interval: time.Duration(c.IntervalMillis * float64(time.Millisecond))}
	asked.settle()
	return asked
}

// SubscribeStream says whether a channel is there.
func (d *Datasource) SubscribeStream(_ context.Context, request *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	if d.problem != nil {
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusNotFound}, nil
	}
	found, problem := d.find(request.Path, request.Data)
	if problem == "" {
		now := time.Now()
		expansion, wrong := found.query(now.Add(-time.Minute), now).expand(d.settings)
		if wrong != nil {
			problem = wrong.Message
		} else {
			problem = streamable(expansion)
		}
	}
	if problem != "" {
		log.DefaultLogger.Warn("No such stream", "path", request.Path, "reason", problem)
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusNotFound}, nil
	}
	return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusOK}, nil
}

// PublishStream: nobody writes through a data source.
func (d *Datasource) PublishStream(context.Context, *backend.PublishStreamRequest) (*backend.PublishStreamResponse, error) {
	return &backend.PublishStreamResponse{Status: backend.PublishStreamStatusPermissionDenied}, nil
}

// RunStream sends rows until the last subscriber goes.
func (d *Datasource) RunStream(ctx context.Context, request *backend.RunStreamRequest, sender *backend.StreamSender) error {
	if d.problem != nil {
		return d.problem
	}
	found, problem := d.find(request.Path, request.Data)
	if problem != "" {
		return errors.New(problem)
	}
	tail := newTail(d, found, time.Now())
	defer func() { d.channels.resume(strings.TrimPrefix(request.Path, pathPrefix), tail.known) }()
	retry := retryFirst
	for {
		wait := tail.wait()
		frame, err := tail.poll(ctx, time.Now())
		switch {
		case ctx.Err() != nil:
			return nil
		case isPassing(err):
			log.DefaultLogger.Warn("A stream's poll failed and is tried again", "path", request.Path, "error", err.Error(), "after", retry.String())
			wait, retry = retry, min(2*retry, retryMax)
		case err != nil:
			return err
		default:
			retry = retryFirst
			if frame != nil {
				if err := sender.SendFrame(frame, data.IncludeDataOnly); err != nil {
					return fmt.Errorf("a row could not be sent: %w", err)
				}
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// isPassing says whether an error may be gone at the next try.
func isPassing(err error) bool {
	var failure *client.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Code {
	case "unreachable", "timeout", "bad_answer", "overloaded", "memory_busy", "internal_error", "cancelled":
		return true
	}
	return false
}
