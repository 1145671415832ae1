// Package bundled has only tests: every statement of the dashboards that come with the plugin, and of the alert rules in deploy/grafana, is run
// against a real node with loadgen's data, and has to give rows.
package bundled
