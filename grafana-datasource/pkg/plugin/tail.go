package plugin

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/frames"
	"tsdb/grafana-datasource/pkg/macro"
)

// tail follows a statement: each poll asks for the rows from a little before the newest one on, and gives those that were not
// given yet. A row is known by the hash of all its cells, so one that is written again with other values is given again.
type tail struct {
	source  *Datasource
	channel *channel
	known   known
	// blind: what the subscriber has is not known, so the rows of the first poll are taken as known
	blind bool
	names []string
	width time.Duration
}

// known is what a stream's subscribers have.
type known struct {
	// newest time of a row, or the time from which on the stream looks
	newest int64
	// rows by hash, with their times: those that could come again
	rows map[uint64]int64
}

// One for all, so that what a query was answered with is known to its stream.
var seed = maphash.MakeSeed()

// A stream that begins later than this after its query leaves what came between to the next query.
const resumeMax = 10 * time.Minute

func newTail(source *Datasource, followed *channel, now time.Time) *tail {
	made := &tail{source: source, channel: followed, known: known{newest: now.UnixNano(), rows: map[uint64]int64{}}}
	if followed.known == nil {
		made.blind = true
		return made
	}
	made.known.newest = min(max(followed.known.newest, now.Add(-resumeMax).UnixNano()), now.UnixNano())
	maps.Copy(made.known.rows, followed.known.rows)
	return made
}

// knownOf is what the subscriber has after the answer to a query.
func knownOf(answer *client.Answer, times *client.Column, width time.Duration, now time.Time) *known {
	made := &tail{width: width, known: known{newest: now.Add(-lateWindow).UnixNano(), rows: map[uint64]int64{}}}
	newest := made.known.newest
	for row := range times.Rows() {
		if !times.IsNull(row) {
			newest = max(newest, times.Longs[row])
		}
	}
	made.fresh(answer, times, newest-made.late().Nanoseconds(), now)
	return &made.known
}

func (t *tail) late() time.Duration {
	return max(lateWindow, 2*t.width)
}

func (t *tail) wait() time.Duration {
	if t.width > 0 {
		return min(max(t.width/2, pollInterval), bucketPollMax)
	}
	return pollInterval
}

// poll gives the rows that are new, nil without any.
func (t *tail) poll(ctx context.Context, now time.Time) (*data.Frame, error) {
	from := time.Unix(0, t.known.newest).Add(-t.late())
	asked := t.channel.query(from, now.Add(aheadWindow))
	expansion, problem := asked.expand(t.source.settings)
	if problem != nil {
		return nil, problem
	}
	t.width = widthOf(expansion)
	answer, err := t.source.client.Run(ctx, client.Statement{SQL: expansion.SQL, Database: asked.Database, RowsMax: pollRowsMax})
	if err != nil {
		return nil, placed(err, expansion)
	}
	if err := t.sameColumns(answer); err != nil {
		return nil, err
	}
	times := frames.Times(answer)
	if times == nil {
		return nil, errors.New("a live query selects the time of its rows")
	}
	rows := t.fresh(answer, times, from.UnixNano(), now)
	blind := t.blind
	t.blind = false
	if blind || len(rows) == 0 {
		return nil, nil
	}
	return frames.Live(answer, rows), nil
}

// fresh picks the rows that were not given yet, and forgets those that cannot come again.
func (t *tail) fresh(answer *client.Answer, times *client.Column, from int64, now time.Time) []int32 {
	var rows []int32
	newest := t.known.newest
	for row := range times.Rows() {
		if times.IsNull(row) {
			continue
		}
		at := times.Longs[row]
		// a bucket that reaches before the first row asked for lacks rows; one that is not over may get more
		if t.width > 0 && (at < from || at+t.width.Nanoseconds() > now.UnixNano()) {
			continue
		}
		hash := t.hash(answer, times, row)
		if _, is := t.known.rows[hash]; !is {
			rows = append(rows, int32(row))
		}
		t.known.rows[hash] = at
		newest = max(newest, at)
	}
	t.known.newest = newest
	for hash, at := range t.known.rows {
		if at < from {
			delete(t.known.rows, hash)
		}
	}
	return rows
}

// widthOf is the width of a statement's buckets, 0 without. That of months is not known; they are looked at as seconds are.
func widthOf(expansion *macro.Expansion) time.Duration {
	if !expansion.Buckets {
		return 0
	}
	return max(expansion.Bucket, pollInterval)
}

// hash of a row: of all cells, or of time and labels where rows are buckets, which are given once.
func (t *tail) hash(answer *client.Answer, times *client.Column, row int) uint64 {
	var hash maphash.Hash
	hash.SetSeed(seed)
	var word [8]byte
	number := func(value uint64) {
		binary.LittleEndian.PutUint64(word[:], value)
		_, _ = hash.Write(word[:])
	}
	for _, column := range answer.Columns {
		if t.width > 0 && column != times && column.Type != client.String {
			continue
		}
		if column.IsNull(row) {
			_ = hash.WriteByte(0)
			continue
		}
		_ = hash.WriteByte(1)
		switch column.Type {
		case client.Timestamp, client.Int64, client.Uint64:
			number(uint64(column.Longs[row]))
		case client.Float64:
			number(math.Float64bits(column.Doubles[row]))
		case client.Bool:
			if column.Bools[row] {
				_ = hash.WriteByte(1)
			} else {
				_ = hash.WriteByte(0)
			}
		default:
			text := column.Text(row)
			number(uint64(len(text)))
			_, _ = hash.WriteString(text)
		}
	}
	return hash.Sum64()
}

// sameColumns: messages carry no names, so columns that change would be drawn as others.
func (t *tail) sameColumns(answer *client.Answer) error {
	var names []string
	for _, column := range answer.Columns {
		names = append(names, column.Name+" "+string(column.Type))
	}
	if t.names == nil {
		t.names = names
		return nil
	}
	if !slices.Equal(t.names, names) {
		return errors.New("the statement has other columns than when the stream began: refresh the panel")
	}
	return nil
}
