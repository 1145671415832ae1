// Command gpx_tsdb is the back end of the tsdb data source, started by Grafana.
package main

import (
	"os"
	"runtime/debug"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"tsdb/grafana-datasource/pkg/plugin"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(plugin.GarbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(plugin.MemoryLimitBytes)
	}
	if err := datasource.Manage(plugin.ID, plugin.New, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error("The back end of the tsdb data source ended", "error", err.Error())
		os.Exit(1)
	}
}
