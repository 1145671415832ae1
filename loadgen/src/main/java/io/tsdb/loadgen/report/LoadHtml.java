package io.tsdb.loadgen.report;

import io.tsdb.loadgen.load.LoadReport;
import io.tsdb.loadgen.load.Sample;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// A load report as one HTML page: inline SVG, no script, nothing fetched from anywhere.
public final class LoadHtml {
    private static final String STYLE =
            """
            body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;color:#1c2733;background:#fff}
            h1{font-size:1.3rem}h2{font-size:1.05rem;margin:2rem 0 .3rem}pre{background:#f3f5f8;padding:1rem;overflow:auto;font-size:13px}
            svg{width:100%;height:auto}text{font:11px system-ui,sans-serif;fill:#5b6b7c}.grid{stroke:#e3e8ee}.axis{stroke:#9aa7b4}
            polyline{fill:none;stroke-width:1.6}.key{display:inline-block;width:.8rem;height:.8rem;border-radius:2px;margin:0 .35rem 0 1rem}
            @media(prefers-color-scheme:dark){body{background:#12171d;color:#dbe3ea}pre{background:#1b232c}.grid{stroke:#2a3440}text{fill:#93a3b3}}
            """;

    private LoadHtml() {}

    public static String page(LoadReport report) {
        StringBuilder page = new StringBuilder(64 << 10);
        page.append(
                        "<!doctype html><html lang=\"en\"><head><meta"
                                + " charset=\"utf-8\"><title>loadgen: ")
                .append(escape(report.title()))
                .append("</title><meta name=\"viewport\" content=\"width=device-width\"><style>")
                .append(STYLE)
                .append("</style></head><body><h1>")
                .append(escape(report.title()))
                .append("</h1><pre>")
                .append(escape(LoadText.text(report)))
                .append("</pre>");
        plot(
                page,
                "Throughput, lines/s",
                report.samples(),
                List.of(new Line("lines/s", "#2f7de1", Sample::linesPerSecond)));
        plot(
                page,
                "Latency over time, ms",
                report.samples(),
                List.of(
                        new Line("p50", "#2aa876", Sample::p50Millis),
                        new Line("p99", "#e0a100", Sample::p99Millis),
                        new Line("max", "#d1495b", Sample::maxMillis)));
        percentiles(page, report.percentiles());
        if (report.samples().stream().anyMatch(s -> s.errors() > 0)) {
            plot(
                    page,
                    "Errors per stretch",
                    report.samples(),
                    List.of(new Line("errors", "#d1495b", Sample::errors)));
        }
        return page.append("</body></html>\n").toString();
    }

    private record Line(String name, String colour, ToDoubleFunction<Sample> value) {}

    private static void plot(
            StringBuilder page, String title, List<Sample> samples, List<Line> lines) {
        page.append("<h2>").append(escape(title)).append("</h2>");
        if (lines.size() > 1) {
            for (Line line : lines) {
                page.append("<span class=\"key\" style=\"background:")
                        .append(line.colour())
                        .append("\"></span>")
                        .append(line.name());
            }
        }
        double right = samples.isEmpty() ? 1 : samples.getLast().toSeconds();
        double top = 0;
        for (Line line : lines) {
            for (Sample sample : samples) {
                top = Math.max(top, line.value().applyAsDouble(sample));
            }
        }
        Plot plot = new Plot(page, Math.max(1e-9, right), nice(top));
        for (int i = 0; i <= 4; i++) {
            plot.horizontal(i / 4.0, number(nice(top) * i / 4));
            plot.vertical(i / 4.0, number(right * i / 4) + " s");
        }
        for (Line line : lines) {
            List<double[]> points = new ArrayList<>();
            for (Sample sample : samples) {
                points.add(
                        new double[] {
                            (sample.fromSeconds() + sample.toSeconds()) / 2,
                            line.value().applyAsDouble(sample)
                        });
            }
            plot.polyline(line.colour(), points);
        }
        plot.end();
    }

    /// Latency by percentile; each step to the right has ten times fewer batches above it.
    private static void percentiles(StringBuilder page, List<double[]> percentiles) {
        page.append("<h2>Latency by percentile, ms (from when a batch was due)</h2>");
        double top = percentiles.isEmpty() ? 1 : percentiles.getLast()[1];
        double nines = 4;
        Plot plot = new Plot(page, nines, nice(top));
        for (int i = 0; i <= 4; i++) {
            plot.horizontal(i / 4.0, number(nice(top) * i / 4));
        }
        String[] names = {"0 %", "90 %", "99 %", "99.9 %", "99.99 %"};
        for (int i = 0; i < names.length; i++) {
            plot.vertical(i / nines, names[i]);
        }
        List<double[]> points = new ArrayList<>();
        for (double[] point : percentiles) {
            double x = point[0] >= 100 ? nines : -Math.log10(1 - point[0] / 100);
            points.add(new double[] {Math.min(nines, x), point[1]});
        }
        plot.polyline("#2f7de1", points);
        plot.end();
    }

    /// A frame with linear axes from 0.
    private static final class Plot {
        private static final int WIDTH = 940;
        private static final int HEIGHT = 230;
        private static final int LEFT = 70;
        private static final int BOTTOM = 25;
        private static final int MARGIN = 10;

        private final StringBuilder page;
        private final double right;
        private final double top;

        Plot(StringBuilder page, double right, double top) {
            this.page = page;
            this.right = right;
            this.top = top;
            page.append("<svg viewBox=\"0 0 ")
                    .append(WIDTH)
                    .append(' ')
                    .append(HEIGHT)
                    .append("\" role=\"img\">");
        }

        private double x(double share) {
            return LEFT + share * (WIDTH - LEFT - 4 * MARGIN);
        }

        private double y(double share) {
            return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - MARGIN);
        }

        void horizontal(double share, String label) {
            page.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\""
                                    + " y2=\"%.1f\"/><text text-anchor=\"end\" x=\"%.1f\""
                                    + " y=\"%.1f\">%s</text>",
                            share == 0 ? "axis" : "grid",
                            x(0),
                            x(1),
                            y(share),
                            y(share),
                            x(0) - 6,
                            y(share) + 4,
                            label));
        }

        void vertical(double share, String label) {
            page.append(
                    String.format(
                            Locale.ROOT,
                            "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\""
                                    + " y2=\"%.1f\"/><text text-anchor=\"middle\" x=\"%.1f\""
                                    + " y=\"%d\">%s</text>",
                            x(share),
                            x(share),
                            y(0),
                            y(1),
                            x(share),
                            HEIGHT - MARGIN / 2,
                            label));
        }

        void polyline(String colour, List<double[]> points) {
            page.append("<polyline stroke=\"").append(colour).append("\" points=\"");
            for (double[] point : points) {
                page.append(
                        String.format(
                                Locale.ROOT,
                                "%.1f,%.1f ",
                                x(point[0] / right),
                                y(Math.min(1, point[1] / top))));
            }
            page.append("\"/>");
        }

        void end() {
            page.append("</svg>");
        }
    }

    /// The next 1, 2, 2.5 or 5 times a power of ten.
    private static double nice(double value) {
        if (value <= 0) {
            return 1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 2.5, 5, 10}) {
            if (step * power >= value) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        if (value >= 1e6) {
            return String.format(Locale.ROOT, "%.2f M", value / 1e6);
        }
        if (value >= 1e4) {
            return String.format(Locale.ROOT, "%.0f k", value / 1e3);
        }
        return String.format(
                Locale.ROOT, value >= 10 || value == Math.rint(value) ? "%.0f" : "%.2f", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
