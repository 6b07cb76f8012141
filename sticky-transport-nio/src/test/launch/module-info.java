/** A program that LaunchIT starts in every way there is. */
module launch.app {
  requires io.stickycluster.core;
  requires io.stickycluster.transport.nio;
  requires io.stickycluster.hash;
  requires java.management;
  requires jdk.httpserver;
}
