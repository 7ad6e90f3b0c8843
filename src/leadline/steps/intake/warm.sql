-- MySQL dump 10.13
CREATE TABLE `t` (`a` int, `b` text);
INSERT INTO `t` VALUES (1,'x'),(NULL,'y\'z');
