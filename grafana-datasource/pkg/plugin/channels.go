package plugin

import (
	"container/list"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"

	"tsdb/grafana-datasource/pkg/macro"
)

// channel is what a stream runs.
type channel struct {
	RawSQL         string         `json:"rawSql"`
	Database       string         `json:"database"`
	IntervalMillis float64        `json:"intervalMs"`
	AdHocFilters   []macro.Filter `json:"adHocFilters,omitempty"`

	// known is what the query that made the channel was answered with, and what its last stream sent; nil when there was none
	known *known
}

// key names the channel: the same statement has the same.
func (c *channel) key() string {
	// texts and numbers never fail to be JSON
	text, _ := json.Marshal(c)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Statements that are known at most; those that were asked for longest ago are forgotten.
const channelsMax = 1000

// channels remembers the statements of keys.
type channels struct {
	mutex  sync.Mutex
	byKey  map[string]*list.Element
	recent *list.List
}

type keyed struct {
	key     string
	channel *channel
}

func newChannels() *channels {
	return &channels{byKey: map[string]*list.Element{}, recent: list.New()}
}

func (c *channels) put(key string, made *channel) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if known, is := c.byKey[key]; is {
		known.Value = keyed{key, made}
		c.recent.MoveToFront(known)
		return
	}
	c.byKey[key] = c.recent.PushFront(keyed{key, made})
	if c.recent.Len() > channelsMax {
		oldest := c.recent.Remove(c.recent.Back()).(keyed)
		delete(c.byKey, oldest.key)
	}
}

// resume notes what subscribers of a channel have, for the stream that goes on.
func (c *channels) resume(key string, has known) {
	if made := c.get(key); made != nil {
		again := *made
		again.known = &has
		c.put(key, &again)
	}
}

func (c *channels) get(key string) *channel {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	known, is := c.byKey[key]
	if !is {
		return nil
	}
	c.recent.MoveToFront(known)
	return known.Value.(keyed).channel
}
