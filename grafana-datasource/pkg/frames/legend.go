package frames

import (
	"regexp"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

var legendPart = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// legend fills a template: {{field}} and {{__field}} are the column's name, {{measurement}} the measurement's, all else labels. A label
// goes before these words, and one that the series lacks is nothing.
func legend(options Options, field string, labels data.Labels) string {
	return legendPart.ReplaceAllStringFunc(options.Legend, func(part string) string {
		name := strings.TrimSpace(part[2 : len(part)-2])
		if value, known := labels[name]; known {
			return value
		}
		switch name {
		case "field", "__field":
			return field
		case "measurement":
			return options.Measurement
		}
		return ""
	})
}
