package io.stickycluster.bench.hash;

import static org.assertj.core.api.Assertions.assertThat;

import io.stickycluster.bench.CommandLineFixture;
import io.stickycluster.spi.HashStrategy;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds the example project of an own strategy and puts it on the class path. */
class OwnStrategyTest {

  private static final Path PROJECT = Path.of("..", "sticky-example", "own-hash", "src", "main");
  private static final String SERVICES = "META-INF/services/" + HashStrategy.class.getName();

  @TempDir Path classes;

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private URLClassLoader loader;

  @BeforeEach
  void build() throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    int exitCode =
        compiler.run(
            null,
            null,
            null,
            "-proc:none",
            "-d",
            classes.toString(),
            "-cp",
            System.getProperty("java.class.path"),
            PROJECT.resolve("java/com/example/hash/MyHash.java").toString());
    assertThat(exitCode).isZero();
    addService(Files.readString(PROJECT.resolve("resources").resolve(SERVICES)));
    loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before);
    Thread.currentThread().setContextClassLoader(loader);
  }

  private void addService(String lines) throws IOException {
    Path services = classes.resolve(SERVICES);
    Files.createDirectories(services.getParent());
    Files.writeString(services, lines);
  }

  @AfterEach
  void leave() throws IOException {
    Thread.currentThread().setContextClassLoader(before);
    loader.close();
  }

  @Test
  void itIsChosenByItsName() {
    assertThat(CommandLineFixture.run("hash-of", "--hash=mine", "--key=text", "a").out().strip())
        .isEqualTo("3826002220"); // FNV-1a's published test vector for "a"
    assertThat(CommandLineFixture.run("where", "--workers=10", "--hash=mine", "::1").exitCode())
        .isZero();
  }

  @Test
  void theBenchmarkListsItBehindTheBuiltInOnes() {
    String out = CommandLineFixture.run("3", "500").out();
    assertThat(out).containsSubsequence("int31\n", "djb2\n", "mine\n", "the same addresses");
    assertThat(out).containsPattern("mine +random IPv4 +[0-9.]+");
  }

  @Test
  void oneThatThrowsIsNamedAndTheOthersAreMeasured() throws IOException {
    addService(Broken.class.getName());
    CommandLineFixture.Result result = CommandLineFixture.run("3", "500", "--hash=djb2,broken");
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("broken\n  failed: java.lang.IllegalStateException: out of order")
        .containsPattern("djb2 +random IPv4 +[0-9.]+");
    assertThat(CommandLineFixture.run("where", "--workers=9", "--hash=broken", "::1").out())
        .isEqualTo("0\n");
  }

  /** Fails at every key. */
  public static final class Broken implements HashStrategy {
    @Override
    public String name() {
      return "broken";
    }

    @Override
    public int hash(byte[] key, int offset, int length) {
      throw new IllegalStateException("out of order");
    }
  }
}
