package wire

import (
	"context"
	"crypto/rand"
	"sync"
	"sync/atomic"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"google.golang.org/grpc"

	"tsdb/grafana-datasource/pkg/client"
)

// RowsMin is from how many rows on a table is long: a shorter one costs little as a frame.
const RowsMin = 32 << 10

// Request is one request that gRPC answers.
type Request struct {
	ctx context.Context
}

// Open gives the request of a context, or nil when its answer is not written by gRPC, in Arrow: then a table has to be a frame.
func Open(ctx context.Context, request *backend.QueryDataRequest) *Request {
	if request.Format != backend.DataFrameFormat_ARROW || grpc.ServerTransportStreamFromContext(ctx) == nil {
		return nil
	}
	return &Request{ctx}
}

// Hold makes a long table of an answer and gives the frame that stands for it until the message is written.
//
// head is the table's frame without its rows, finished: whatever its meta says goes out so.
func (r *Request) Hold(head *data.Frame, answer *client.Answer) (*data.Frame, error) {
	file, err := encode(head, answer)
	if err != nil {
		return nil, err
	}
	name := namePrefix + rand.Text()
	held.put(name, file)
	// a response that is not written, since a handler failed or the client has gone
	context.AfterFunc(r.ctx, func() { held.take(name) })
	standIn := data.NewFrame(name)
	standIn.RefID = head.RefID
	return standIn, nil
}

// What the names of stand-ins begin with; what follows nobody can guess.
const namePrefix = "tsdb-held-"

// tables that wait for their message, by the names of their stand-ins.
type tables struct {
	files sync.Map
	count atomic.Int64
}

var held tables

func (t *tables) put(name string, file pieces) {
	t.count.Add(1)
	t.files.Store(name, file)
}

func (t *tables) take(name string) (pieces, bool) {
	file, is := t.files.LoadAndDelete(name)
	if !is {
		return nil, false
	}
	t.count.Add(-1)
	return file.(pieces), true
}
