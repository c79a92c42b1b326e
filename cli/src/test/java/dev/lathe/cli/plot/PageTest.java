package dev.lathe.cli.plot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.List;
import java.util.Random;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class PageTest {

  private static Document parsed(Page page) throws Exception {
    return builder().newDocumentBuilder().parse(new InputSource(new StringReader(page.text())));
  }

  private static DocumentBuilderFactory builder() throws ParserConfigurationException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory;
  }

  @Test
  void aPageIsWellFormedWhateverItsTextsAre() throws Exception {
    double[] values = new Random(1).doubles(500, 0.5, 80).toArray();
    Page page =
        new Page("a < b & \"c\"")
            .heading("<script>")
            .paragraph("x > y")
            .table(List.of(List.of("name", "<td>"), List.of("a & b", "1")))
            .figure(
                HistogramPlot.of(values, "<ms>", List.of(new HistogramPlot.Mark("P50", 40))), "&")
            .figure(SeriesPlot.of(new double[] {0, 1, 2}, new double[] {1, 5, 2}, "s"), "")
            .figure(
                BarsPlot.of(List.of(new BarsPlot.Bars("a<b", List.of(3.0, 4.0))), "%.1f", 2), "");

    Document document = parsed(page);

    assertThat(document.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("a < b & \"c\"");
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(3);
    assertThat(document.getElementsByTagName("td").getLength()).isEqualTo(2);
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
  }

  @Test
  void aPageNamesNothingOutsideOfItself() {
    String text =
        new Page("title")
            .figure(SeriesPlot.of(new double[] {0, 1}, new double[] {1, 2}, "s"), "")
            .text();

    assertThat(text.replace("http://www.w3.org/", "")).doesNotContain("://", "url(", "@import");
  }

  @Test
  void everyValueOfAHistogramIsInABar() throws Exception {
    double[] values = {0, 0.2, 3, 3.1, 9.99, 10};

    Document document = parsed(new Page("h").figure(HistogramPlot.of(values, "ms", List.of()), ""));

    int counted = 0;
    for (int i = 0; i < document.getElementsByTagName("rect").getLength(); i++) {
      String about = document.getElementsByTagName("rect").item(i).getTextContent();
      counted += Integer.parseInt(about.split(" ")[0]);
    }
    assertThat(counted).isEqualTo(values.length);
  }

  @ParameterizedTest
  @CsvSource({"9.7, 10, 2", "10, 10, 2", "0.031, 0.04, 0.01", "1234, 1500, 500", "0, 1, 0.5"})
  void axesEndAtARoundNumberThatHoldsAllValues(double greatest, double most, double step) {
    Scale scale = Scale.to(greatest);

    assertThat(scale.most()).isCloseTo(most, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(scale.step()).isCloseTo(step, org.assertj.core.api.Assertions.within(1e-9));
    assertThat(scale.marks()).hasSizeBetween(3, 8).last().asString().isNotBlank();
  }

  @Test
  void marksHaveTheDigitsThatTheyNeed() {
    assertThat(Scale.to(0.031).label(0.02)).isEqualTo("0.02");
    assertThat(Scale.to(300).label(100)).isEqualTo("100");
  }
}
