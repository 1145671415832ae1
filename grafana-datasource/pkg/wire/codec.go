package wire

import (
	"bytes"
	"errors"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	protobuf "google.golang.org/protobuf/proto"
)

// gRPC asks for codecs to be registered while a program starts; the last of a name is used.
func init() {
	encoding.RegisterCodecV2(codec{encoding.GetCodecV2(proto.Name)})
}

// codec is gRPC's own, except for responses that long tables belong to.
type codec struct {
	encoding.CodecV2
}

// Marshal makes the bytes of a message. Tables that are held become a part of them without a copy.
func (c codec) Marshal(message any) (mem.BufferSlice, error) {
	response, is := message.(*pluginv2.QueryDataResponse)
	if !is || held.count.Load() == 0 {
		return c.CodecV2.Marshal(message)
	}
	var made mem.BufferSlice
	for refID, answer := range response.Responses {
		rest, err := protobuf.Marshal(&pluginv2.DataResponse{
			Error: answer.Error, JsonMeta: answer.JsonMeta, Status: answer.Status, ErrorSource: answer.ErrorSource, Format: answer.Format,
		})
		if err != nil {
			return nil, err
		}
		// the entry of a map is a message of key and value
		value := mem.BufferSlice{mem.SliceBuffer(rest)}
		for _, frame := range answer.Frames {
			bytes, err := swap(frame, refID)
			if err != nil {
				return nil, err
			}
			value = appendBytes(value, framesField, bytes)
		}
		key := protowire.AppendString(protowire.AppendTag(nil, keyField, protowire.BytesType), refID)
		made = appendBuffers(made, responsesField, appendBuffers(mem.BufferSlice{mem.SliceBuffer(key)}, valueField, value))
	}
	return made, nil
}

// Numbers of the fields that are written here, from the SDK's backend.proto; the test reads what is written by the SDK's own code.
const (
	responsesField = 1
	keyField       = 1
	valueField     = 2
	framesField    = 1
)

func appendBytes(target mem.BufferSlice, field protowire.Number, bytes pieces) mem.BufferSlice {
	value := make(mem.BufferSlice, len(bytes))
	for i, piece := range bytes {
		value[i] = mem.SliceBuffer(piece)
	}
	return appendBuffers(target, field, value)
}

func appendBuffers(target mem.BufferSlice, field protowire.Number, value mem.BufferSlice) mem.BufferSlice {
	head := protowire.AppendVarint(protowire.AppendTag(nil, field, protowire.BytesType), uint64(value.Len()))
	return append(append(target, mem.SliceBuffer(head)), value...)
}

// No stand-in has so many bytes, and refIDCopies of its refId beside them.
const (
	standInBytesMax = 4096
	refIDCopies     = 4
)

// swap gives the table that a frame stands for, or the frame itself.
func swap(frame []byte, refID string) (pieces, error) {
	if len(frame) > standInBytesMax+refIDCopies*len(refID) || !bytes.Contains(frame, []byte(namePrefix)) {
		return pieces{frame}, nil
	}
	reader, err := ipc.NewFileReader(bytes.NewReader(frame))
	if err != nil {
		return pieces{frame}, nil
	}
	defer func() { _ = reader.Close() }()
	name, _ := reader.Schema().Metadata().GetValue("name")
	if !strings.HasPrefix(name, namePrefix) {
		return pieces{frame}, nil
	}
	file, is := held.take(name)
	if !is && reader.Schema().NumFields() == 0 {
		return nil, errors.New("the table of query " + refID + " is gone: its request has ended")
	}
	if !is {
		return pieces{frame}, nil
	}
	return file, nil
}
