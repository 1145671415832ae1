package macro

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var durationUnits = []struct {
	name string
	size time.Duration
}{
	{"w", 7 * 24 * time.Hour},
	{"d", 24 * time.Hour},
	{"h", time.Hour},
	{"m", time.Minute},
	{"s", time.Second},
	{"ms", time.Millisecond},
	{"us", time.Microsecond},
	{"ns", time.Nanosecond},
}

// FormatDuration writes a length of time as SQL does, in the largest unit that divides it: 90 minutes are 90m, not 1h. Weeks are
// written as days, since buckets of weeks begin on Mondays.
func FormatDuration(length time.Duration) string {
	for _, unit := range durationUnits[1:] {
		if length%unit.size == 0 {
			return strconv.FormatInt(int64(length/unit.size), 10) + unit.name
		}
	}
	return strconv.FormatInt(int64(length), 10) + "ns"
}

var (
	fixedWidth    = regexp.MustCompile(`^(?:\d+(?:ns|us|ms|s|m|h|d|w))+$`)
	fixedPart     = regexp.MustCompile(`(\d+)(ns|us|ms|s|m|h|d|w)`)
	calendarWidth = regexp.MustCompile(`^[1-9]\d*(?:mo|q|y)$`)
)

// ParseDuration reads a length of time as SQL writes it: 5m, 1h30m.
func ParseDuration(text string) (time.Duration, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if !fixedWidth.MatchString(text) {
		return 0, fmt.Errorf("%q is no length of time such as 10s, 5m or 1h30m", text)
	}
	var length time.Duration
	for _, part := range fixedPart.FindAllStringSubmatch(text, -1) {
		count, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%q is out of range", text)
		}
		for _, unit := range durationUnits {
			if unit.name == part[2] {
				if count > int64(1<<63-1)/int64(unit.size) || length > 1<<63-1-time.Duration(count)*unit.size {
					return 0, fmt.Errorf("%q is out of range", text)
				}
				length += time.Duration(count) * unit.size
			}
		}
	}
	if length == 0 {
		return 0, fmt.Errorf("%q is no time at all", text)
	}
	return length, nil
}
