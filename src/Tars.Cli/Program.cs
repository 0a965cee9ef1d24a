Console.WriteLine("tars");
