package dev.opml.examples.cli;

import java.net.URI;
import java.net.URISyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Addresses of nodes. One may contain a key, so that no error repeats it. */
final class NodeAddress implements ITypeConverter<URI> {
  @Override
  public URI convert(String text) {
    try {
      URI url = new URI(text);
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (isHttp && url.getHost() != null) {
        return url;
      }
    } catch (URISyntaxException _) {
      // Its message repeats the address.
    }
    throw new TypeConversionException("not an address that begins with http:// or https://");
  }
}
