package io.tsdb.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// No pre-release anywhere: neither written in a POM (dependencies and plugins), nor pulled in by
/// something that is.
class BuildVersionsTest {
    private static final Pattern PRE_RELEASE =
            Pattern.compile(
                    "(?i)[-.](alpha|beta|m|rc|cr|ea|preview|snapshot)[-.]?\\d*(?=$|[-.])",
                    Pattern.MULTILINE);
    private static final Pattern VERSION_ELEMENT =
            Pattern.compile("<([\\w.-]*version)>([^<$]+)</\\1>");

    @Test
    void pomsNameReleasesOnly() throws IOException {
        var versions = new ArrayList<String>();
        for (String pom : poms()) {
            VERSION_ELEMENT.matcher(pom).results().forEach(m -> versions.add(m.group(2)));
        }
        assertThat(versions).hasSizeGreaterThan(30).noneMatch(BuildVersionsTest::isPreRelease);
    }

    @Test
    void onlyTheRootPomNamesVersions() throws IOException {
        var strays = new ArrayList<String>();
        for (String pom : poms()) {
            int own = pom.indexOf("</parent>");
            if (own >= 0) {
                VERSION_ELEMENT
                        .matcher(pom.substring(own))
                        .results()
                        .forEach(m -> strays.add(m.group()));
            }
        }
        assertThat(strays).isEmpty();
    }

    @Test
    void dependenciesOfDependenciesAreReleases() {
        List<String> jars =
                Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> Path.of(entry).getFileName().toString())
                        .filter(name -> name.endsWith(".jar"))
                        .map(name -> name.substring(0, name.length() - ".jar".length()))
                        .toList();
        assertThat(jars).hasSizeGreaterThan(10).noneMatch(BuildVersionsTest::isPreRelease);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0-alpha",
                "2.1.0-alpha1",
                "4.0.0-M3",
                "1.0-beta-2",
                "3.0.0-rc.1",
                "3.0-RC1",
                "5.0.0.CR1",
                "5.0.0.Beta1",
                "lib-1.0-SNAPSHOT"
            })
    void knowsAPreRelease(String version) {
        assertThat(isPreRelease(version)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"4.2.18.Final", "1.5.7-28", "2026.1", "6.1.3", "micrometer-core-1.17.2"})
    void knowsARelease(String version) {
        assertThat(isPreRelease(version)).isFalse();
    }

    private static boolean isPreRelease(String version) {
        return PRE_RELEASE.matcher(version).find();
    }

    private static List<String> poms() throws IOException {
        Path root = Path.of("..");
        try (Stream<Path> files = Files.find(root, 2, (p, _) -> p.endsWith("pom.xml"))) {
            var texts = new ArrayList<String>();
            for (Path pom : files.toList()) {
                texts.add(Files.readString(pom));
            }
            return texts;
        }
    }
}
