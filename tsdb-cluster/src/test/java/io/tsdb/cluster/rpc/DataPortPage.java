package io.tsdb.cluster.rpc;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The examples of `docs/protocol/data-port.md`, and bytes that are nearly such.
public final class DataPortPage {
    private static final Path PAGE = Path.of("docs/protocol/data-port.md");

    private DataPortPage() {}

    /// Bytes of the code block that is marked with ```` ```hex NAME ````.
    public static byte[] example(String name) throws IOException {
        Matcher example =
                Pattern.compile("```hex " + name + "\n(.*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(PAGE));
        if (!example.find()) {
            throw new AssertionError(PAGE + " has no example " + name);
        }
        String hex = example.group(1).replaceAll("#[^\n]*", "").replaceAll("\\s", "");
        return HexFormat.of().parseHex(hex);
    }

    /// The bytes without some at their end, and with up to three changed.
    public static byte[] mutated(byte[] bytes, Random random) {
        int length = Math.max(1, bytes.length - random.nextInt(4) * random.nextInt(4));
        byte[] mutated = Arrays.copyOf(bytes, length);
        for (int change = 0; change < 1 + random.nextInt(3); change++) {
            mutated[random.nextInt(length)] = (byte) random.nextInt(256);
        }
        return mutated;
    }
}
