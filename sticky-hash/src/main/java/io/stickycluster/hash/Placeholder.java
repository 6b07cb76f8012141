package io.stickycluster.hash;

final class Placeholder {}
