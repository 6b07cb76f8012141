package io.stickycluster.transport.nio;

final class Placeholder {}
