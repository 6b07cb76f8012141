package io.stickycluster.transport.netty;

final class Placeholder {}
