namespace Tars.Simulation.Fleets;

/// <summary>One series of a simulated fleet, as a scraper would have stored it.</summary>
/// <param name="Metric">The metric name, for example <c>http_requests_total</c>.</param>
/// <param name="Labels">All labels without <c>__name__</c>.</param>
/// <param name="Samples">
/// One sample per scrape: element k was scraped at <see cref="SimulatedFleet.Start"/> + k × <see cref="SimulatedFleet.Interval"/>.
/// NaN means that no sample was stored. Length is <see cref="SimulatedFleet.SampleCount"/>.
/// </param>
public sealed record SimulatedSeries(string Metric, IReadOnlyDictionary<string, string> Labels, double[] Samples);
