package wire

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"tsdb/grafana-datasource/pkg/client"
	"tsdb/grafana-datasource/pkg/frames"
)

// stream stands for the one that gRPC writes an answer to.
type stream struct{}

func (stream) Method() string               { return "/pluginv2.Data/QueryData" }
func (stream) SetHeader(metadata.MD) error  { return nil }
func (stream) SendHeader(metadata.MD) error { return nil }
func (stream) SetTrailer(metadata.MD) error { return nil }

func open(t *testing.T) (*Request, context.CancelFunc) {
	t.Helper()
	ctx, end := context.WithCancel(grpc.NewContextWithServerTransportStream(context.Background(), stream{}))
	t.Cleanup(end)
	request := Open(ctx, &backend.QueryDataRequest{})
	if request == nil {
		t.Fatal("a request of gRPC's is not taken")
	}
	return request, end
}

// rows is an answer of so many rows: every third number is null, texts are long enough for many pieces.
func rows(t *testing.T, count int) *client.Answer {
	t.Helper()
	var text strings.Builder
	text.WriteString(`{"columns":[{"name":"time","type":"timestamp"},{"name":"n","type":"int64"},{"name":"text","type":"string"}],"rows":[`)
	for row := range count {
		number := fmt.Sprint(row)
		if row%3 == 0 {
			number = "null"
		}
		fmt.Fprintf(&text, `[%d,%s,"%0100d"],`, row, number, row)
	}
	answer, err := client.Decode(strings.NewReader(strings.TrimSuffix(text.String(), ",") + fmt.Sprintf(`],"rowCount":%d,"elapsedMs":1}`, count)))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// sent is what arrives of a response, by the SDK's own code on both sides of this package.
func sent(t *testing.T, response *backend.QueryDataResponse) map[string]data.Frames {
	t.Helper()
	message, err := backend.ToProto().QueryDataResponse(backend.DataFrameFormat_ARROW, response)
	if err != nil {
		t.Fatal(err)
	}
	buffers, err := encoding.GetCodecV2("proto").Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	var arrived pluginv2.QueryDataResponse
	if err := proto.Unmarshal(buffers.Materialize(), &arrived); err != nil {
		t.Fatal(err)
	}
	made := map[string]data.Frames{}
	for refID, answer := range arrived.Responses {
		if made[refID], err = data.UnmarshalArrowFrames(answer.Frames); err != nil {
			t.Fatal(err)
		}
		if answer.Status != 200 || answer.Error != "" {
			t.Errorf("%s: status %d, error %q", refID, answer.Status, answer.Error)
		}
	}
	return made
}

// Around the edges of a batch; the texts of one batch alone take more than a piece.
func TestATableTakesThePlaceOfItsStandIn(t *testing.T) {
	for _, count := range []int{1, batchRows - 1, batchRows, 2*batchRows + 1} {
		refID := strings.Repeat("A", 5*count) // longer than a stand-in mostly is
		request, _ := open(t)
		answer := rows(t, count)
		head := frames.TableHead(answer)
		head.RefID = refID
		standIn, err := request.Hold(head, answer)
		if err != nil {
			t.Fatal(err)
		}
		arrived := sent(t, &backend.QueryDataResponse{Responses: backend.Responses{
			refID: {Frames: data.Frames{standIn}, Status: backend.StatusOK},
			"B":   {Frames: data.Frames{data.NewFrame("", data.NewField("x", nil, []int64{7})), data.NewFrame("second")}},
		}})
		table := arrived[refID][0]
		if table.Rows() != count || table.Name != "" || table.RefID != refID || table.Meta.Type != data.FrameTypeTable {
			t.Fatalf("%d rows became %d, named %q, of %q", count, table.Rows(), table.Name, table.RefID)
		}
		for row := range count {
			number, is := table.Fields[1].ConcreteAt(row)
			if is != (row%3 != 0) || is && number != int64(row) {
				t.Fatalf("row %d has the number %v (%t)", row, number, is)
			}
			if text, _ := table.Fields[2].ConcreteAt(row); text != fmt.Sprintf("%0100d", row) {
				t.Fatalf("row %d has the text %v", row, text)
			}
		}
		if beside := arrived["B"]; len(beside) != 2 || beside[0].Fields[0].At(0) != int64(7) || beside[1].Name != "second" {
			t.Errorf("beside a table arrives %v", beside)
		}
		if left := held.count.Load(); left != 0 {
			t.Errorf("%d tables are held after they were sent", left)
		}
	}
}

func TestATableIsLetGoWithItsRequest(t *testing.T) {
	request, end := open(t)
	answer := rows(t, 10)
	standIn, err := request.Hold(frames.TableHead(answer), answer)
	if err != nil {
		t.Fatal(err)
	}
	if held.count.Load() != 1 {
		t.Fatal("no table is held")
	}
	released := make(chan struct{})
	// functions of a context run in goroutines of their own: this one asks until the table's has
	context.AfterFunc(request.ctx, func() {
		for held.count.Load() > 0 {
			runtime.Gosched()
		}
		close(released)
	})
	end()
	<-released
	if frame := sent(t, &backend.QueryDataResponse{Responses: backend.Responses{"A": {Frames: data.Frames{standIn}}}})["A"][0]; frame.Rows() != 0 {
		t.Errorf("a table that was let go arrives with %d rows", frame.Rows())
	}
}

// The name alone is no key: a series may be called anything.
func TestANameThatLooksLikeAStandInIsAName(t *testing.T) {
	request, _ := open(t)
	answer := rows(t, 10)
	standIn, err := request.Hold(frames.TableHead(answer), answer)
	if err != nil {
		t.Fatal(err)
	}
	forged := data.NewFrame(namePrefix+"x", data.NewField("x", nil, []int64{7}))
	arrived := sent(t, &backend.QueryDataResponse{Responses: backend.Responses{"A": {Frames: data.Frames{standIn}}, "B": {Frames: data.Frames{forged}}}})
	if arrived["A"][0].Rows() != 10 || arrived["B"][0].Name != namePrefix+"x" || arrived["B"][0].Rows() != 1 {
		t.Errorf("arrived: %v", arrived)
	}
}

func TestWhereNothingTakesItsPlaceATableIsAFrame(t *testing.T) {
	if Open(context.Background(), &backend.QueryDataRequest{}) != nil {
		t.Error("a call that gRPC did not make is taken")
	}
	ctx := grpc.NewContextWithServerTransportStream(context.Background(), stream{})
	if Open(ctx, &backend.QueryDataRequest{Format: backend.DataFrameFormat_JSON}) != nil {
		t.Error("a request for JSON is taken")
	}
}
