{{- define "tsdb.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 52 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 52 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "tsdb.headless" -}}{{ include "tsdb.name" . }}-nodes{{- end }}

{{- define "tsdb.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tsdb.labels" -}}
{{ include "tsdb.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* of the pod of `helm test`: no node, so that no service sends it requests */}}
{{- define "tsdb.testLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}-test
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "tsdb.account" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "tsdb.name" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{- define "tsdb.image" -}}{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}{{- end }}

{{- define "tsdb.scheme" -}}{{ ternary "HTTPS" "HTTP" (not (empty .Values.tls.existingSecret)) }}{{- end }}

{{- define "tsdb.isCluster" -}}{{ if gt (int .Values.replicas) 1 }}true{{ end }}{{- end }}

{{/* cluster-listen of all members, by the names that the headless service gives them */}}
{{- define "tsdb.seeds" -}}
{{- $seeds := list }}
{{- range $i := until (int .Values.replicas) }}
{{- $seeds = append $seeds (printf "%s-%d.%s.%s.svc:9301" (include "tsdb.name" $) $i (include "tsdb.headless" $) $.Release.Namespace) }}
{{- end }}
{{- join "," $seeds }}
{{- end }}

{{/* the secret that nodes of a cluster know one another by; empty: they take everybody's word */}}
{{- define "tsdb.clusterSecret" -}}
{{- if and (include "tsdb.isCluster" .) (not .Values.cluster.insecure) }}{{ .Values.cluster.tls.existingSecret }}{{ end }}
{{- end }}

{{/* how a container reaches its own node: by the name that a certificate has, where there is one */}}
{{- define "tsdb.ownUrl" -}}
{{- if .Values.tls.existingSecret }}https://$POD_NAME.{{ include "tsdb.headless" . }}.{{ .Release.Namespace }}.svc:8086{{ else }}http://127.0.0.1:8086{{ end }}
{{- end }}
