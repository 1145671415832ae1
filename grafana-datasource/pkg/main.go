// Command gpx_tsdb is the back end of the tsdb data source, started by Grafana.
package main

import (
	"os"
	"runtime/debug"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"tsdb/grafana-datasource/pkg/plugin"
)

// Answers come and go whole, so half as much garbage as live data is the most that may wait for its collection. GOGC set by the administrator goes before it.
const garbagePercent = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if err := datasource.Manage(plugin.ID, plugin.New, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error("The back end of the tsdb data source ended", "error", err.Error())
		os.Exit(1)
	}
}
