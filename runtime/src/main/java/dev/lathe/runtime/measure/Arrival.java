package dev.lathe.runtime.measure;

/// When the requests of a measurement are submitted.
public sealed interface Arrival {

  /// A number of clients, each of which submits its next request when its last one has ended.
  record Clients(int count) implements Arrival {
    public Clients {
      if (count < 1) {
        throw new IllegalArgumentException(count + " clients");
      }
    }
  }

  /// Groups of a size: all requests of a group start together, and the next group starts when all
  /// of them have ended. With the size of all requests: everything is queued at once.
  record Groups(int size) implements Arrival {
    public Groups {
      if (size < 1) {
        throw new IllegalArgumentException("groups of " + size);
      }
    }
  }
}
