package io.tsdb.storage.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tsdb.storage.io.LocalFileStore;
import io.tsdb.storage.model.MeasurementId;
import io.tsdb.storage.model.SeriesKey;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The library under the dictionary has a part that reports its use to a host. It is left out of
/// the build; this test looks at a fresh process: no name is resolved and no proxy is asked for.
class NothingIsDialledTest {
    private static final String DIALLED = "DIALLED ";
    private static final String DONE = "DONE";

    @TempDir Path directory;

    @Test
    void isBuiltWithoutTheReportingPart() {
        assertThatThrownBy(() -> Class.forName("net.openhft.chronicle.analytics.Analytics"))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void opensADictionaryWithoutDialling() throws Exception {
        assertThat(runChild("registry")).contains(DONE).noneMatch(l -> l.startsWith(DIALLED));
    }

    /// Whether the child would say so: a look-up of a name that cannot exist.
    @Test
    void noticesALookUp() throws Exception {
        assertThat(runChild("lookup")).contains(DONE).contains(DIALLED + "nowhere.invalid");
    }

    private List<String> runChild(String mode) throws IOException, InterruptedException {
        Path services = Files.createDirectories(directory.resolve("META-INF").resolve("services"));
        Files.writeString(
                services.resolve(InetAddressResolverProvider.class.getName()),
                Recording.class.getName());
        return ChildJvm.run(
                Child.class, directory, List.of(mode, directory.resolve("series").toString()));
    }

    /// Main class of the child.
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            ProxySelector.setDefault(new RecordingSelector());
            if (arguments[0].equals("lookup")) {
                try {
                    System.out.println(InetAddress.getByName("nowhere.invalid"));
                } catch (UnknownHostException e) {
                    System.out.println(e.getMessage());
                }
            } else {
                useADictionary(Path.of(arguments[1]));
            }
            System.out.println(DONE);
        }

        private static void useADictionary(Path directory) throws Exception {
            try (SeriesRegistry registry =
                    SeriesRegistry.open(new LocalFileStore(), directory, 0)) {
                registry.resolve(new MeasurementId(1, 1), SeriesKey.of("cpu", Map.of("host", "a")));
                registry.awaitDictionary(1);
            }
        }
    }

    private static final class RecordingSelector extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            System.out.println(DIALLED + uri);
            return List.of(Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress address, IOException failure) {
            System.out.println(DIALLED + uri);
        }
    }

    /// Resolver of the child: says what it is asked for and knows nothing.
    public static final class Recording extends InetAddressResolverProvider {
        @Override
        public InetAddressResolver get(Configuration configuration) {
            return new InetAddressResolver() {
                @Override
                public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                        throws UnknownHostException {
                    System.out.println(DIALLED + host);
                    throw new UnknownHostException(host);
                }

                @Override
                public String lookupByAddress(byte[] address) throws UnknownHostException {
                    throw new UnknownHostException("not asked for here");
                }
            };
        }

        @Override
        public String name() {
            return "recording";
        }
    }
}
