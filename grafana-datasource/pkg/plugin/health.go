package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"tsdb/grafana-datasource/pkg/client"
)

// CheckHealth is "Save & test": whether the node is there, who it is, and whether the token may read the database.
func (d *Datasource) CheckHealth(ctx context.Context, _ *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	if d.problem != nil {
		return unhealthy(d.problem), nil
	}
	version, err := d.client.Version(ctx)
	if err != nil {
		return unhealthy(err), nil
	}
	started := time.Now()
	answer, err := d.client.Run(ctx, client.Statement{SQL: "SHOW MEASUREMENTS", RowsMax: namesMax})
	latency := time.Since(started)
	if err != nil {
		return unhealthy(err), nil
	}
	name := "the node's default database"
	if d.settings.Database != "" {
		name = fmt.Sprintf("database %q", d.settings.Database)
	}
	parts := []string{"tsdb " + version, name, counted(answer.Rows, "measurement"), latency.Round(100 * time.Microsecond).String()}
	if d.settings.SkipVerify {
		parts = append(parts, "the node's certificate is not checked, so anybody between could read the token: set the CA certificate instead")
	}
	details, err := json.Marshal(map[string]any{
		"version": version, "database": d.settings.Database, "measurements": answer.Rows, "latencyMs": float64(latency.Microseconds()) / 1000,
	})
	if err != nil {
		return nil, err
	}
	return &backend.CheckHealthResult{Status: backend.HealthStatusOk, Message: strings.Join(parts, ", "), JSONDetails: details}, nil
}

func counted(count int, thing string) string {
	if count == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", count, thing)
}

func unhealthy(err error) *backend.CheckHealthResult {
	verbose := err.Error()
	var failure *client.Error
	if errors.As(err, &failure) {
		verbose = fmt.Sprintf("%s (%s)", failure.Message, failure.Code)
	}
	// two texts never fail to be JSON
	details, _ := json.Marshal(map[string]string{"verboseMessage": verbose})
	return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: err.Error(), JSONDetails: details}
}
