// The files that are linked from the tests of Tars.Observability have these from their project.
global using Assert = Xunit.Assert;
global using TestContext = Xunit.TestContext;
