package io.tsdb.ingest.protocol.line;

import java.util.Locale;
import java.util.Random;

/// Lines as clients send them, from a seed; each stands for one way through the decoder.
public enum LineShape {
    /// TSBS cpu: ten tags, ten small integers.
    TSBS_CPU,
    /// A gateway: two tags, five decimals with few places.
    SENSOR,
    /// Results of computations: doubles with a full mantissa.
    FULL_DOUBLES,
    /// Log lines: a string with an escaped quote, which only the careful path reads.
    ESCAPED_STRINGS;

    private static final int HOSTS = 1000;
    private static final String[] CPU = {
        "user", "system", "idle", "nice", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"
    };

    /// Line `number`; hosts take turns, times go up with each round.
    String line(int number, Random random) {
        int host = number % HOSTS;
        long time = 1_451_606_400_000_000_000L + number / HOSTS * 10_000_000_000L;
        return switch (this) {
            case TSBS_CPU -> cpu(host, random) + ' ' + time + '\n';
            case SENSOR ->
                    String.format(
                            Locale.ROOT,
                            "climate,gateway=gw-%d,sensor=s%05d temperature=%.1f,humidity=%.2f,"
                                    + "pressure=%.2f,battery=%.3f,co2=%d %d%n",
                            host / 50,
                            host,
                            20 + random.nextGaussian(),
                            50 + random.nextGaussian(),
                            1013 + random.nextGaussian(),
                            3.7 + random.nextGaussian() / 100,
                            400 + random.nextInt(200),
                            time);
            case FULL_DOUBLES ->
                    "model,host=h%d a=%s,b=%s,c=%s,d=%s %d%n"
                            .formatted(
                                    host,
                                    random.nextDouble(),
                                    random.nextGaussian(),
                                    random.nextDouble() * 1000,
                                    random.nextGaussian() * 1e5,
                                    time);
            case ESCAPED_STRINGS ->
                    "log,host=h%d level=\"warn\",text=\"user \\\"%d\\\" failed to log in\" %d%n"
                            .formatted(host, random.nextInt(100_000), time);
        };
    }

    private static String cpu(int host, Random random) {
        var line = new StringBuilder("cpu,hostname=host_").append(host);
        line.append(",region=eu-central-1,datacenter=eu-central-1a,rack=").append(host % 100);
        line.append(",os=Ubuntu16.04LTS,arch=x64,team=NYC,service=").append(host % 20);
        line.append(",service_version=1,service_environment=production");
        for (int i = 0; i < CPU.length; i++) {
            line.append(i == 0 ? ' ' : ',').append("usage_").append(CPU[i]).append('=');
            line.append(random.nextInt(101)).append('i');
        }
        return line.toString();
    }
}
