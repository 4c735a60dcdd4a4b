package dev.opml.vm.chat;

import java.time.LocalDateTime;

/** Times as C's {@code strftime} writes them, in English. */
final class DateText {
  private DateText() {}

  static String of(LocalDateTime time, String format) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        text.append(c);
        continue;
      }
      boolean unpadded = format.startsWith("-", i + 1);
      i += unpadded ? 2 : 1;
      String directive = i < format.length() ? format.substring(i, i + 1) : "";
      String part = part(time, directive);
      text.append(unpadded ? part.replaceFirst("^[0 ]+(?=\\d)", "") : part);
    }
    return text.toString();
  }

  private static String part(LocalDateTime time, String directive) {
    return switch (directive) {
      case "Y" -> Integer.toString(time.getYear());
      case "y" -> padded(time.getYear() % 100);
      case "m" -> padded(time.getMonthValue());
      case "d" -> padded(time.getDayOfMonth());
      case "e" -> "%2d".formatted(time.getDayOfMonth());
      case "j" -> "%03d".formatted(time.getDayOfYear());
      case "B" -> capitalized(time.getMonth().name());
      case "b", "h" -> capitalized(time.getMonth().name()).substring(0, 3);
      case "A" -> capitalized(time.getDayOfWeek().name());
      case "a" -> capitalized(time.getDayOfWeek().name()).substring(0, 3);
      case "H" -> padded(time.getHour());
      case "I" -> padded((time.getHour() + 11) % 12 + 1);
      case "M" -> padded(time.getMinute());
      case "S" -> padded(time.getSecond());
      case "p" -> time.getHour() < 12 ? "AM" : "PM";
      case "F" -> of(time, "%Y-%m-%d");
      case "T" -> of(time, "%H:%M:%S");
      case "%" -> "%";
      default -> throw Fault.unsupported("the date format %" + directive);
    };
  }

  private static String padded(int number) {
    return "%02d".formatted(number);
  }

  private static String capitalized(String name) {
    return CodePoints.capitalize(name);
  }
}
