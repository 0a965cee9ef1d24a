using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Tars.Simulation.Tests")]
